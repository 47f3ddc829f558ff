import { expect, test } from 'vitest'
import { findCanaries } from './find.ts'

const CANARY = { name: 'pii.turn_content', text: `Tom & Jane's "blue" box` }

test.each([
  ['itself', `x ${CANARY.text} y`],
  ['JSON', JSON.stringify({ body: CANARY.text })],
  ['a row of Postgres', `(7,"Tom & Jane's ""blue"" box",)`],
  ['HTML', '<p>Tom &amp; Jane&#39;s &quot;blue&quot; box</p>'],
  ['an address', `/x?q=${encodeURIComponent(CANARY.text)}`],
])('is found as %s, and named but not shown', (_, text) => {
  expect(findCanaries([CANARY], [{ name: 'log', text }])).toEqual(['pii.turn_content in log'])
})

test('is not found where it is not', () => {
  expect(findCanaries([CANARY], [{ name: 'log', text: 'Tom and Jane' }])).toEqual([])
})
