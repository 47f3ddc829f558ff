import { expect, it } from 'vitest'
import { createLastMinute, MINUTE_MS } from './last-minute.ts'

it('counts the last minute, its end included and its beginning not', () => {
  const minute = createLastMinute()
  for (const at of [0, 1, 30_000]) minute.add(at)
  expect([minute.count(30_000), minute.oldest(30_000)]).toEqual([3, 0])
  expect([minute.count(MINUTE_MS), minute.oldest(MINUTE_MS)]).toEqual([2, 1])
  expect([minute.count(10 * MINUTE_MS), minute.oldest(10 * MINUTE_MS)]).toEqual([0, undefined])
})

it('forgets what lies ahead of a clock that was set back', () => {
  const minute = createLastMinute()
  for (const at of [0, 5000, 9000]) minute.add(at)
  expect(minute.count(6000)).toBe(2)
  expect(minute.count(9000)).toBe(2)
})

it('stays right over many moments', () => {
  const minute = createLastMinute()
  for (let at = 0; at < 200 * MINUTE_MS; at += 1000) minute.add(at)
  expect(minute.count(200 * MINUTE_MS - 1000)).toBe(60)
})
