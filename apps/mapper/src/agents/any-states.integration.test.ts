import { useDatabase } from '@wxcc/testing/database'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AarRecord } from '../rules/records.ts'
import { agentActivity } from '../rules/agent-time/agent-activity.ts'
import { slotIntervals } from '../rules/agent-time/slot-intervals.ts'
import { MapperWorld } from '../testing/mapper-world.testing.ts'
import { MINUTE, session, type SessionRecords, TEN } from '../testing/records.testing.ts'
import { activitySums } from './agent-time.testing.ts'

const database = useDatabase()
const NEVER_MS = 8_640_000_000_000_000
const SLOTS = ['voice', 'chat']
const LOGINS = ['s-1', 's-2']

/** States of two slots in two logins, some still open or never closed, overlapping as they like, in the minutes after ten. */
const anyState = fc.record({
  login: fc.constantFrom(...LOGINS),
  slot: fc.constantFrom(...SLOTS),
  state: fc.constantFrom('available', 'idle', 'connected', 'wrapup', 'skill-update', 'odd'),
  from: fc.integer({ min: 0, max: 70 }),
  length: fc.option(fc.integer({ min: 0, max: 40 }), { freq: 4 }),
  /** The fetch that brings it, and the fetch that brings its end. */
  fetch: fc.integer({ min: 0, max: 2 }),
  closes: fc.integer({ min: 0, max: 2 }),
})
type AnyState = typeof anyState extends fc.Arbitrary<infer Value> ? Value : never

function record(state: AnyState, place: number, asOfFetch: number): AarRecord[] {
  if (state.fetch > asOfFetch) return []
  const startTime = TEN + state.from * MINUTE
  const isClosed = state.length !== null && asOfFetch >= state.fetch + state.closes
  return [
    { id: `r-${place}`, state: state.state, startTime, endTime: isClosed ? startTime + state.length! * MINUTE : -1 },
  ]
}

function logins(states: readonly AnyState[], asOfFetch: number, isOut: boolean): SessionRecords[] {
  return LOGINS.map((id, place) => {
    const out = place === 0 && isOut ? 50 * 60 : null
    const login = session(id, TEN + place * 20 * MINUTE, [['available', 0, 0]], out)
    return {
      ...login,
      channels: SLOTS.map((slot) => ({
        channelId: `${id}-${slot}`,
        activities: states.flatMap((state, at) =>
          state.login === id && state.slot === slot ? record(state, at, asOfFetch) : [],
        ),
      })),
    }
  })
}

/** From the newest records alone, all at once. */
function derived(states: readonly AnyState[], asOfFetch: number, isOut: boolean, untilMs: number) {
  const intervals = logins(states, asOfFetch, isOut).flatMap(({ asr, channels }, place) => {
    const nextMs = place === 0 ? TEN + 20 * MINUTE : untilMs
    const sessionEndMs = asr.endTime === -1 ? nextMs : asr.endTime!
    return channels.flatMap((channel) => slotIntervals({ ...channel, agentId: 'ann', sessionEndMs }, NEVER_MS))
  })
  return agentActivity(intervals)
    .rows.map((row) => [(row.interval_time_ms - TEN) / MINUTE, row.source_state, row.activity_time_ms / 1_000] as const)
    .toSorted((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1))
}

type Example = [AnyState[], boolean, number[]]
const voice = { login: 's-1', slot: 'voice', closes: 0 }

/** The first was counted up to the next login, until a state of its own slot turns up that ends it. */
const CUT_BY_A_LATER: Example = [
  [
    { ...voice, state: 'available', from: 0, length: null, fetch: 0 },
    { ...voice, state: 'connected', from: 10, length: 5, fetch: 1 },
  ],
  false,
  [0, 1, 2],
]
/** Available goes on through a marker, and so it does when something later is derived alone. */
const THROUGH_A_MARKER: Example = [
  [
    { ...voice, state: 'available', from: 0, length: 20, fetch: 0 },
    { ...voice, state: 'skill-update', from: 20, length: 20, fetch: 0 },
    { ...voice, slot: 'chat', state: 'idle', from: 37, length: 1, fetch: 1 },
  ],
  false,
  [0, 1, 2],
]

test('fetch by fetch, activity is what all records together give at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyState, { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
      async (states, isOut, order) => {
        const world = await MapperWorld.open(database.url())
        try {
          const spans: number[] = []
          for (const fetch of [0, 1, 2]) {
            const pass = { reason: 'change', toMs: TEN + (fetch + 2) * 20 * MINUTE } as const
            spans.push(await world.fetchSessions(logins(states, fetch, isOut && fetch === 2), pass))
          }
          for (const place of order) await world.map(spans[place]!)
          expect(await activitySums(world)).toEqual(derived(states, 2, isOut, TEN + 80 * MINUTE))
        } finally {
          await world.close()
        }
      },
    ),
    { numRuns: 8, examples: [CUT_BY_A_LATER, THROUGH_A_MARKER] },
  )
})
