import { expect, test } from 'vitest'
import { largestShare } from './wanted-time.ts'

test('the busiest process counts, whatever it did before; a new one and one that is gone do not', () => {
  const before = new Map([
    [1, 5e9],
    [2, 1e6],
    [3, 7e9],
  ])
  expect(largestShare(before, new Map([...before, [1, 5e9 + 15e6], [2, 6e6]]), 20)).toBe(0.75)
  expect(largestShare(before, new Map([[4, 9e9]]), 20)).toBe(0)
  expect(largestShare(before, new Map([[1, 6e9]]), 20)).toBe(1)
  expect(largestShare(new Map(), new Map(), 20)).toBe(0)
})
