import { describe, expect, test } from 'vitest'
import { compareContent, isSameValue } from './compare-content.ts'

const HOUR = 3_600_000
const CENSUS = 1_773_000_000_000
const OLD = CENSUS - 5 * HOUR

describe('compareContent', () => {
  const ours = { records: 3, durationMs: 600_000, activityMs: OLD, openRecords: 0 }
  const theirs = { records: 3, durationMs: 600_000, activityMs: OLD, atMs: CENSUS }
  test.each([
    ['equal', {}, {}, 'same'],
    ['not known here', {}, { durationMs: null, activityMs: null }, 'same'],
    ['not known there', { durationMs: null, activityMs: null }, {}, 'same'],
    ['longer by a millisecond', { durationMs: 600_001 }, {}, 'different'],
    ['touched later', { activityMs: OLD + 1 }, {}, 'different'],
    ['touched earlier: taken back', { activityMs: OLD - 1 }, {}, 'different'],
    ['a task is open', { durationMs: 1 }, { openRecords: 1 }, 'moving'],
    ['touched within the hour there', { activityMs: CENSUS - HOUR + 1 }, {}, 'moving'],
    ['touched just before it', { activityMs: CENSUS - HOUR }, {}, 'different'],
    ['touched within the hour here', { durationMs: 1 }, { activityMs: CENSUS + 5 }, 'moving'],
  ])('%s', (_name, expected, stored, content) => {
    expect(compareContent({ ...theirs, ...expected }, { ...ours, ...stored })).toBe(content)
  })
})

test('a sum told in four bytes is the sum', () => {
  expect(isSameValue(Math.fround(135_725_713), 135_725_713)).toBe(true)
  expect(isSameValue(135_725_714, 135_725_713)).toBe(false)
  expect(isSameValue(Math.fround(135_725_713), 135_725_733)).toBe(false)
})
