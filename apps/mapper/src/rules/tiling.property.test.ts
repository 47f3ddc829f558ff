import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { breachesOf } from './breaches.testing.ts'
import { csrOf, inputOf, START_MS } from './life.testing.ts'
import { anyLife, type Life } from './lives.testing.ts'
import { segmentTask, type SegmentedTask } from './segment-task.ts'
import type { EngagementFacts } from './segment/facts.ts'

const RUNS = { numRuns: 400 }

function derive({ cars, endMs }: Life): SegmentedTask {
  return segmentTask(inputOf({ cars, csr: csrOf({ endedTime: endMs }) }))
}

function check(expectLife: (task: SegmentedTask, life: Life) => void): void {
  fc.assert(
    fc.property(anyLife, (life) => expectLife(derive(life), life)),
    RUNS,
  )
}

describe('the rows of a well-formed life', () => {
  it('are such as the tables take, complete and without a flag', () => {
    check((task) => {
      expect(breachesOf(task)).toEqual([])
      expect(task.conversation).toMatchObject({ status: 'Completed', quality_flags: [] })
    })
  })

  it('tile the customer’s timeline: no gap but the ringing of a blind transfer, no overlap', () => {
    check((task, { endMs }) => {
      const track = task.engagements.filter(isOnTrack)
      let at = START_MS
      for (const row of track) {
        const rang = row.transfer_in_type === 'blind' ? row.invitation_time_ms! : 0
        expect(row.start_time_ms - at).toBe(rang)
        at = row.start_time_ms + lengthOf(row)
      }
      expect(at).toBe(endMs)
    })
  })

  it('sum up to what the records tell', () => {
    check((task, { told }) => {
      const rows = task.engagements
      const sum = (column: 'parked_time_ms' | 'invitation_time_ms' | 'hold_time_ms' | 'wrap_up_time_ms') =>
        rows.reduce((total, row) => total + (row[column] ?? 0), 0)
      expect({
        parked: sum('parked_time_ms'),
        ringing: sum('invitation_time_ms'),
        hold: sum('hold_time_ms'),
        wrapUp: sum('wrap_up_time_ms'),
        agents: rows.filter((row) => row.engagement_type === 'Agent').length,
        queues: rows.filter((row) => row.engagement_type === 'Queue').length,
      }).toEqual(told)
    })
  })

  it('at every cut point: closed rows are those of the whole life, and one at most is open', () => {
    fc.assert(
      fc.property(anyLife, fc.double({ min: 0, max: 1, noNaN: true }), (life, share) => {
        const now = START_MS + Math.floor((life.endMs - START_MS) * share)
        const cars = life.cars
          .filter((step) => step.createdTime <= now && step.eventName !== 'ended')
          .map((step) => (step.endedTime! > now ? { ...step, endedTime: -1, duration: -1 } : step))
        const cut = segmentTask(inputOf({ cars, csr: csrOf({ isActive: true, endedTime: -1 }) }))
        const whole = new Map(derive(life).engagements.map((row) => [row.engagement_id, row]))
        const closed = cut.engagements.filter(
          (row) => row.status === 'Completed' && row.engagement_type !== 'Invitation',
        )
        for (const row of closed) expect(whole.get(row.engagement_id)?.start_time_ms).toBe(row.start_time_ms)
        expect(cut.engagements.filter((row) => isOnTrack(row) && measureOf(row) === null).length).toBeLessThanOrEqual(1)
        expect(breachesOf(cut)).toEqual([])
      }),
      RUNS,
    )
  })
})

function isOnTrack(row: EngagementFacts): boolean {
  return row.engagement_type !== 'Invitation' && row.engagement_type !== 'Consult'
}

function measureOf(row: EngagementFacts): number | null {
  if (row.engagement_type === 'Queue') return row.queue_time_ms
  return row.engagement_type === 'Menu' ? row.menu_time_ms : row.engagement_time_ms
}

function lengthOf(row: EngagementFacts): number {
  const length = measureOf(row)
  expect(length, row.engagement_type).toBeGreaterThanOrEqual(0)
  return length!
}
