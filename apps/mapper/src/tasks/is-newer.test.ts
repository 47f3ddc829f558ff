import { expect, test } from 'vitest'
import { isNewer } from './is-newer.ts'

const held = { lastActivityMs: 100, heldCount: 5, totalCount: 5, fetchId: 7 }

test.each([
  ['later activity wins', { ...held, lastActivityMs: 101, heldCount: 1, totalCount: 9 }, true],
  ['older activity never wins', { ...held, lastActivityMs: 99, heldCount: 50, totalCount: 50, fetchId: 99 }, false],
  ['a smaller CAR set does not win by a later fetch', { ...held, heldCount: 4, fetchId: 8 }, false],
  ['nor by a larger count of the vendor', { ...held, heldCount: 4, totalCount: 6, fetchId: 8 }, false],
  ['more CARs win', { ...held, heldCount: 6, totalCount: 6, fetchId: 1 }, true],
  ['the larger total wins', { ...held, totalCount: 6, fetchId: 1 }, true],
  ['the later fetch wins', { ...held, fetchId: 8 }, true],
  ['the earlier fetch does not', { ...held, fetchId: 6 }, false],
  ['the same copy may land again', held, true],
])('%s', (_name, candidate, expected) => {
  expect(isNewer(candidate, held)).toBe(expected)
})

test('what is not held yet is new', () => {
  expect(isNewer(held, undefined)).toBe(true)
})
