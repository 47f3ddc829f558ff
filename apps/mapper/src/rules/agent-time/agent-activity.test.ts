import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agentActivity, QUARTER_HOUR_MS, type ActivityFacts } from './agent-activity.ts'
import { agentStateOf, withRules } from './agent-states.ts'
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

describe('agentStateOf', () => {
  it.each<[string, string, string, string, boolean]>([
    ['available', 'available', 'Available', 'Available', false],
    ['idle', 'idle', 'Idle', 'Unavailable', false],
    ['wrap-up is unavailable', 'wrapup', 'Wrap Up', 'Unavailable', false],
    ['not-responding', 'not-responding', 'Not Responding', 'Unavailable', false],
    ['whatever the case', 'CONFERENCING', 'Busy', 'Available', false],
    ['a marker is no state (ruling 28)', 'skill-update', 'Ignored', 'Unavailable', false],
    ['an unknown one (ruling 27)', 'levitating', 'Busy', 'Available', true],
  ])('%s', (_name, state, group, availability, isUnknown) => {
    expect(agentStateOf(state)).toMatchObject({ group, availability, isUnknown })
  })

  it('knows every state that the model lists as Busy', () => {
    const busy =
      'ringing connected on-hold hold-done consult consulting consult-done consult-error EndConsult connected-consulting available-consulting idle-consulting AvailableConsultReserved ConnectedConsultReserved IdleConsultReserved Conference conferencing conference-done ctq ctq-ready ctq-reserved ctq-accepted transferred vt-transfer BlindTransfer ConsultTransfer call-ended outdial-reserved'
    for (const state of busy.split(' ')) {
      expect([state, agentStateOf(state)]).toMatchObject([state, { group: 'Busy', isUnknown: false }])
    }
  })

  it('follows an operator’s rules, in any case, and refuses groups that there are not', () => {
    const table = withRules(
      new Map([
        ['Levitating', 'Idle'],
        ['on-hold', 'Wrap Up'],
      ]),
    )
    expect(agentStateOf('levitating', table)).toMatchObject({ group: 'Idle', isUnknown: false })
    expect(agentStateOf('On-Hold', table)).toMatchObject({ group: 'Wrap Up' })
    expect(agentStateOf('on-hold')).toMatchObject({ group: 'Busy' })
    expect(() => withRules(new Map([['idle', 'Lazy']]))).toThrow(RangeError)
  })
})

describe('agentActivity', () => {
  it('tells nothing of what lies outside the range asked for, and of what reaches into it only that', () => {
    const within = { fromMs: TEN + 15 * MINUTE, toMs: TEN + 30 * MINUTE }
    const { rows } = agentActivity([stretch('available', 0, 20), stretch('idle', 20, 50)], undefined, within)
    expect(rows.map((row) => [row.source_state, row.interval_time_ms, row.activity_time_ms])).toEqual([
      ['available', within.fromMs, 5 * MINUTE],
      ['idle', within.fromMs, 10 * MINUTE],
    ])
  })

  it('counts slots: in Available or Busy as available, in Busy as consumed (ruling 31)', () => {
    const email = { channelId: 'email' }
    const { rows } = agentActivity([
      stretch('connected', 0, 10),
      stretch('connected', 0, 10, chat),
      stretch('available', 0, 10, email),
      stretch('wrapup', 0, 10, { channelId: 'social' }),
    ])
    const sums = rows.map((row) => [row.source_state, row.available_capacity_ms, row.consumed_capacity_ms])
    expect(sums).toEqual([
      ['available', 10 * MINUTE, 0],
      ['connected', 20 * MINUTE, 20 * MINUTE],
    ])
  })

  it('slices as model §5.4 prints: two channels available 10:05-10:40 and 10:10-10:50', () => {
    const { rows } = agentActivity([stretch('available', 5, 40), stretch('available', 10, 50, chat)])
    expect(rows.map((row) => row.interval_time_ms)).toEqual([0, 15, 30, 45].map((from) => TEN + from * MINUTE))
    expect(times(rows, 'available')).toEqual([600_000, 900_000, 900_000, 300_000])
    expect(rows.map((row) => row.available_capacity_ms)).toEqual([900_000, 1_800_000, 1_500_000, 300_000])
    expect(rows.map((row) => row.consumed_capacity_ms)).toEqual([0, 0, 0, 0])
  })

  it.each<[string, StateInterval[], Record<string, number>]>([
    [
      'Busy over Wrap Up (ruling 30)',
      [stretch('wrapup', 0, 10), stretch('connected', 2, 5, chat)],
      { wrapup: 7, connected: 3 },
    ],
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
      'connected over hold (ruling 29)',
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
      'of equals, what began first (ruling 29)',
      [stretch('consult', 0, 4), stretch('consulting', 1, 5, chat)],
      { consult: 4, consulting: 1 },
    ],
    ['nothing while logged out', [stretch('logged-out', 0, 4)], {}],
  ])('%s', (_name, intervals, expected) => {
    expect(minutes(intervals)).toEqual(expected)
  })

  it('keeps capacity of the channel that is not shown (ruling 31)', () => {
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
  it('never shows more than a quarter hour per agent and quarter hour, nor less than the time covered (ruling 30)', () => {
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

  it('offers and uses no more capacity than there are slots', () => {
    fc.assert(
      fc.property(fc.array(anyInterval, { maxLength: 25 }), (intervals) => {
        const slots = new Map<string, number>()
        for (const { agentId } of intervals) slots.set(agentId, (slots.get(agentId) ?? 0) + 1)
        for (const row of agentActivity(intervals).rows) {
          expect(row.consumed_capacity_ms).toBeLessThanOrEqual(row.available_capacity_ms)
          expect(row.available_capacity_ms).toBeLessThanOrEqual(slots.get(row.source_agent_id)! * QUARTER_HOUR_MS)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('is the same in parts as in one', () => {
    fc.assert(
      fc.property(fc.array(anyInterval, { maxLength: 20 }), fc.integer({ min: 0, max: 12 }), (intervals, quarters) => {
        const cutMs = TEN + quarters * QUARTER_HOUR_MS
        const parts = [
          { fromMs: Number.NEGATIVE_INFINITY, toMs: cutMs },
          { fromMs: cutMs, toMs: Number.POSITIVE_INFINITY },
        ].flatMap((within) => agentActivity(intervals, undefined, within).rows)
        const order = (rows: readonly ActivityFacts[]) =>
          rows.toSorted((a, b) => a.interval_time_ms - b.interval_time_ms || (idOf(a) < idOf(b) ? -1 : 1))
        const idOf = (row: ActivityFacts) => `${row.source_agent_id}/${row.source_state}`
        expect(order(parts)).toEqual(order(agentActivity(intervals).rows))
      }),
      { numRuns: 100 },
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
