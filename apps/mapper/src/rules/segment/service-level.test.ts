import { describe, expect, it } from 'vitest'
import { A, car, q1, q2, rowsOf, segment, START_MS } from '../life.testing.ts'
import type { LegPromise } from './service-level.ts'

const leg = (queueId: string, fromMs: number, slaMs: number): LegPromise => ({
  queueId,
  startMs: START_MS + fromMs,
  slaMs,
})
/** One wait of 25 s in q1, answered; the source's own threshold is 20 s. */
const WAIT = [car('parked', 0, 25_000, q1), car('connected', 25_000, 60_000, A), car('ended', 60_000, 60_000)]

describe('thresholds of task legs (model §3.2: the leg, else the queue, else the source)', () => {
  it.each<[string, LegPromise[], string]>([
    ['a leg’s promise goes before the queue’s', [leg('q1', 0, 30_000)], 'Met'],
    ['kept to the millisecond', [leg('q1', 0, 25_000)], 'Met'],
    ['and missed by one', [leg('q1', 0, 24_999)], 'Missed'],
    ['a leg of another queue says nothing', [leg('q2', 0, 30_000)], 'Missed'],
    ['the nearest leg counts, before the wait', [leg('q1', 90_000, 10), leg('q1', -5, 30_000)], 'Met'],
    ['the nearest leg counts, after the wait began', [leg('q1', -90_000, 30_000), leg('q1', 5, 10)], 'Missed'],
    ['of two as near, the earlier', [leg('q1', 5, 10), leg('q1', -5, 30_000)], 'Met'],
  ])('%s', (_name, legs, verdict) => {
    const task = segment(WAIT, {}, { legs, slaMsByQueue: new Map([['q1', 15_000]]) })
    expect(rowsOf(task, 'Queue')[0]!.service_level).toBe(verdict)
    expect(rowsOf(task, 'Agent')[0]!.service_level).toBe(verdict)
  })

  it('each wait has the promise of its own leg, in whatever order legs come', () => {
    const cars = [
      car('parked', 0, 25_000, q1),
      car('connected', 25_000, 60_000, A),
      car('vt-transfer', 60_000, 60_000, A),
      car('parked', 60_000, 85_000, q2),
      car('connected', 85_000, 99_000, A),
      car('ended', 99_000, 99_000),
    ]
    const legs = [leg('q1', 0, 30_000), leg('q2', 60_000, 10_000)]
    for (const given of [legs, legs.toReversed()]) {
      const verdicts = rowsOf(segment(cars, {}, { legs: given }), 'Queue').map((row) => row.service_level)
      expect(verdicts).toEqual(['Met', 'Missed'])
    }
  })
})
