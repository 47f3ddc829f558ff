import { expect, test } from 'vitest'
import { serviceLevelMsOf } from './leg-rows.ts'

test.each([
  ['20', 20_000],
  [' 20 ', 20_000],
  [20, 20_000],
  ['0.5', 500],
  ['0', null],
  ['-1', null],
  ['', null],
  ['soon', null],
  ['1e300', null],
  [null, null],
  [undefined, null],
])('slaValue %j promises %j ms', (value, ms) => {
  expect(serviceLevelMsOf(value)).toBe(ms)
})
