import { expect, test } from 'vitest'
import { splitVariables } from './split-variables.ts'

const allowed = new Set(['Language'])

test.each([
  ['an object', { Language: 'cs', Card: '4111' }],
  [
    'a list',
    [
      { name: 'Language', value: 'cs' },
      { name: 'Card', value: '4111' },
      { name: null, value: null },
    ],
  ],
  ['JSON text', '{"Language":"cs","Card":"4111"}'],
])('only allowed names of %s are reported on', (_name, variables) => {
  expect(splitVariables(variables, allowed)).toEqual({ allowed: { Language: 'cs' }, personal: { Card: '4111' } })
})

test('nothing is null, and text that is no JSON is personal', () => {
  expect(splitVariables(null, allowed)).toEqual({ allowed: null, personal: null })
  expect(splitVariables('4111', allowed)).toEqual({ allowed: null, personal: null })
  expect(splitVariables('not json', allowed)).toEqual({ allowed: null, personal: { text: 'not json' } })
})
