import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agentActivity, QUARTER_HOUR_MS, type ActivityFacts } from './agent-activity.ts'
import { slotIntervals, type AgentSlot, type StateInterval } from './slot-intervals.ts'

const MINUTE = 60_000
/** 2026-03-02T10:00:00Z, a quarter hour. */
const TEN = 1_772_445_600_000

function stretch(state: string, from: number, to: number, fields: Partial<StateInterval> = {}): StateInterval {
  return {
    agentId: 'ann',
    channelId: 'voice',
    recordId: `${state}-${from}-${fields.channelId ?? 'voice'}`,
    state,
    idleCodeId: null,
    idleCodeName: null,
    startMs: TEN + from * MINUTE,
    endMs: TEN + to * MINUTE,
    ...fields,
  }
}

const chat = { channelId: 'chat' }

function times(rows: readonly ActivityFacts[], state: string): number[] {
  return rows.filter((row) => row.source_state === state).map((row) => row.activity_time_ms)
}

/** Minutes shown per state, whatever the quarter hour. */
function minutes(intervals: readonly StateInterval[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const row of agentActivity(intervals).rows) {
    sums[row.source_state] = (sums[row.source_state] ?? 0) + row.activity_time_ms / MINUTE
  }
  return Object.fromEntries(Object.entries(sums).filter(([, value]) => value > 0))
}

describe('agentActivity', () => {
  it('slices as model §5.4 prints: two channels available 10:05-10:40 and 10:10-10:50', () => {
    const { rows } = agentActivity([stretch('available', 5, 40), stretch('available', 10, 50, chat)])
    expect(rows.map((row) => row.interval_time_ms)).toEqual([0, 15, 30, 45].map((from) => TEN + from * MINUTE))
    expect(times(rows, 'available')).toEqual([600_000, 900_000, 900_000, 300_000])
    expect(rows.map((row) => row.available_capacity_ms)).toEqual([900_000, 1_800_000, 1_500_000, 300_000])
    expect(rows.map((row) => row.consumed_capacity_ms)).toEqual([0, 0, 0, 0])
  })

  it.each<[string, StateInterval[], Record<string, number>]>([
    ['Busy over Wrap Up', [stretch('wrapup', 0, 10), stretch('connected', 2, 5, chat)], { wrapup: 7, connected: 3 }],
    [
      'Wrap Up over Not Responding',
      [stretch('not-responding', 0, 4), stretch('wrapup', 1, 4, chat)],
      { 'not-responding': 1, wrapup: 3 },
    ],
    [
      'Not Responding over Available',
      [stretch('available', 0, 4), stretch('not-responding', 1, 2, chat)],
      { available: 3, 'not-responding': 1 },
    ],
    ['Available over Idle', [stretch('idle', 0, 4), stretch('available', 2, 4, chat)], { idle: 2, available: 2 }],
    [
      'connected over hold',
      [stretch('on-hold', 0, 4), stretch('connected', 1, 3, chat)],
      { 'on-hold': 2, connected: 2 },
    ],
    [
      'hold over consult',
      [stretch('consulting', 0, 4), stretch('on-hold', 1, 3, chat)],
      { consulting: 2, 'on-hold': 2 },
    ],
    [
      'consult over ringing',
      [stretch('ringing', 0, 4), stretch('consulting', 1, 3, chat)],
      { ringing: 2, consulting: 2 },
    ],
    [
      'ringing over others',
      [stretch('outdial-reserved', 0, 4), stretch('ringing', 1, 3, chat)],
      { 'outdial-reserved': 2, ringing: 2 },
    ],
    [
      'of equals, what began first',
      [stretch('consult', 0, 4), stretch('consulting', 1, 5, chat)],
      { consult: 4, consulting: 1 },
    ],
    ['nothing while logged out', [stretch('logged-out', 0, 4)], {}],
  ])('%s', (_name, intervals, expected) => {
    expect(minutes(intervals)).toEqual(expected)
  })

  it('keeps capacity of the channel that is not shown', () => {
    const { rows } = agentActivity([stretch('connected', 0, 10), stretch('available', 0, 10, chat)])
    expect(rows).toMatchObject([
      { source_state: 'available', activity_time_ms: 0, available_capacity_ms: 600_000, consumed_capacity_ms: 0 },
      {
        source_state: 'connected',
        activity_time_ms: 600_000,
        available_capacity_ms: 600_000,
        consumed_capacity_ms: 600_000,
      },
    ])
  })

  it('counts an unknown state as Busy and says so (ruling 27)', () => {
    const { rows, unknownStates } = agentActivity([stretch('levitating', 0, 5)])
    expect(rows).toMatchObject([{ state_group: 'Busy', is_unknown: true, availability: 'Available' }])
    expect(unknownStates).toEqual(['levitating'])
  })

  it('tells idle codes apart', () => {
    const lunch = { idleCodeId: 'i1', idleCodeName: 'Lunch' }
    const { rows } = agentActivity([stretch('idle', 0, 4, lunch), stretch('idle', 4, 6)])
    expect(rows).toMatchObject([
      { source_idle_code_id: '', status_name: 'idle', activity_time_ms: 2 * MINUTE },
      { source_idle_code_id: 'i1', status_name: 'Lunch', activity_time_ms: 4 * MINUTE, availability: 'Unavailable' },
    ])
  })
})

const anyInterval = fc
  .record({
    agent: fc.constantFrom('ann', 'bob'),
    state: fc.constantFrom(
      'available',
      'idle',
      'connected',
      'on-hold',
      'ringing',
      'wrapup',
      'not-responding',
      'logged-out',
      'odd',
    ),
    channel: fc.constantFrom('voice', 'chat', 'email'),
    from: fc.integer({ min: 0, max: 5_000_000 }),
    length: fc.integer({ min: 1, max: 4_000_000 }),
  })
  .map(({ agent, state, channel, from, length }) =>
    stretch(state, 0, 0, {
      agentId: agent,
      channelId: channel,
      recordId: `${agent}-${channel}-${from}-${state}-${length}`,
      startMs: TEN + from,
      endMs: TEN + from + length,
    }),
  )

describe('agentActivity, for any intervals', () => {
  it('never shows more than a quarter hour per agent and quarter hour, nor less than the time covered', () => {
    fc.assert(
      fc.property(fc.array(anyInterval, { maxLength: 25 }), (intervals) => {
        const sums = new Map<string, number>()
        for (const row of agentActivity(intervals).rows) {
          const key = `${row.source_agent_id}/${row.interval_time_ms}`
          sums.set(key, (sums.get(key) ?? 0) + row.activity_time_ms)
        }
        for (const sum of sums.values()) expect(sum).toBeLessThanOrEqual(QUARTER_HOUR_MS)
        expect([...sums.values()].reduce((a, b) => a + b, 0)).toBe(coveredMs(intervals))
      }),
      { numRuns: 150 },
    )
  })

  it('does not depend on the order in which records arrive', () => {
    fc.assert(
      fc.property(fc.array(anyInterval, { maxLength: 15 }), fc.func(fc.integer()), (intervals, weight) => {
        const shuffled = intervals.toSorted((a, b) => weight(a.recordId) - weight(b.recordId))
        expect(agentActivity(shuffled)).toEqual(agentActivity(intervals))
      }),
      { numRuns: 100 },
    )
  })
})

/** Length of the union of all stretches but logged-out ones, per agent, added up: written anew, to check the sweep. */
function coveredMs(intervals: readonly StateInterval[]): number {
  let total = 0
  for (const agentId of ['ann', 'bob']) {
    let until = 0
    const own = intervals.filter((each) => each.agentId === agentId && each.state !== 'logged-out')
    for (const { startMs, endMs } of own.toSorted((a, b) => a.startMs - b.startMs)) {
      total += Math.max(0, endMs - Math.max(startMs, until))
      until = Math.max(until, endMs)
    }
  }
  return total
}

const slot = (activities: AgentSlot['activities'], sessionEndMs: number | null = null): AgentSlot => ({
  agentId: 'ann',
  channelId: 'voice',
  sessionEndMs,
  activities,
})
const spans = (intervals: readonly StateInterval[]) => intervals.map((each) => [each.state, each.startMs, each.endMs])

describe('slotIntervals', () => {
  it.each<[string, AgentSlot, (string | number)[][]]>([
    [
      'an open stretch ends at complete-until (ruling 26)',
      slot([{ id: 'a', state: 'available', startTime: 100, endTime: -1 }]),
      [['available', 100, 1000]],
    ],
    [
      'an open stretch of a session that ended, at logout',
      slot([{ id: 'a', state: 'available', startTime: 100, endTime: -1 }], 700),
      [['available', 100, 700]],
    ],
    [
      'nothing lies beyond complete-until',
      slot([
        { id: 'a', state: 'available', startTime: 100, endTime: 5000 },
        { id: 'b', state: 'idle', startTime: 5000, endTime: -1 },
      ]),
      [['available', 100, 1000]],
    ],
    [
      'a row whose end was not seen ends where the next begins',
      slot([
        { id: 'a', state: 'available', startTime: 100, endTime: -1 },
        { id: 'b', state: 'ringing', startTime: 400, endTime: 500 },
      ]),
      [
        ['available', 100, 400],
        ['ringing', 400, 500],
      ],
    ],
    [
      'skill-update does not interrupt (ruling 28)',
      slot([
        { id: 'a', state: 'available', startTime: 100, endTime: 300 },
        { id: 'b', state: 'skill-update', startTime: 300, endTime: 450 },
        { id: 'c', state: 'ringing', startTime: 450, endTime: 500 },
      ]),
      [
        ['available', 100, 450],
        ['ringing', 450, 500],
      ],
    ],
    [
      'nor does a skill-update end the open state before it (ruling 28)',
      slot([
        { id: 'a', state: 'available', startTime: 100, endTime: -1 },
        { id: 'b', state: 'skill-update', startTime: 300, endTime: 300 },
      ]),
      [['available', 100, 1000]],
    ],
    [
      'of two copies the one that has ended counts',
      slot([
        { id: 'a', state: 'available', startTime: 100, endTime: 300 },
        { id: 'a', state: 'available', startTime: 100, endTime: -1 },
      ]),
      [['available', 100, 300]],
    ],
  ])('%s', (_name, given, expected) => {
    expect(spans(slotIntervals(given, 1000))).toEqual(expected)
  })
})
