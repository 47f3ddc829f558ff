import {
  AGENT_STATES,
  agentStateOf,
  GROUP_PRECEDENCE,
  type AgentState,
  type AgentStateTable,
  type Availability,
  type StateGroup,
} from './agent-states.ts'
import type { StateInterval } from './slot-intervals.ts'

/** Salted's Activity: all that happens within a quarter hour is told at its start (model §1.8). */
export const QUARTER_HOUR_MS = 900_000

/** A row of journey.activity; status = `source_state` + `source_idle_code_id`. */
export interface ActivityFacts {
  source_agent_id: string
  source_state: string
  /** '' where the state has no idle code. */
  source_idle_code_id: string
  status_name: string
  /** Neither `Logged Out` nor `Ignored`: they make no row. */
  state_group: StateGroup
  availability: Availability
  is_unknown: boolean
  /** Start of the UTC quarter hour, epoch ms. */
  interval_time_ms: number
  /** Wall-clock time in which this was the agent's one status. May be 0 where the status only adds capacity. */
  activity_time_ms: number
  /** Slots in Available or Busy, summed over slots (ruling 31). */
  available_capacity_ms: number
  /** Slots in Busy, summed over slots. */
  consumed_capacity_ms: number
}

export interface AgentActivity {
  /** By agent, quarter hour, status. */
  readonly rows: ActivityFacts[]
  readonly unknownStates: string[]
}

interface Active {
  readonly interval: StateInterval
  readonly state: AgentState
}

/** Epoch ms, half-open. */
export interface TimeRange {
  readonly fromMs: number
  readonly toMs: number
}

const ALWAYS: TimeRange = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }

/**
 * Makes one timeline per agent of all channels and sessions, and slices what of it lies `within` (model §2.6, §5.4; rulings 26-31). An agent has
 * one status at a time, so activity time never exceeds 900,000 ms per agent and quarter hour. Order of input does not matter.
 */
export function agentActivity(
  intervals: readonly StateInterval[],
  table: AgentStateTable = AGENT_STATES,
  within: TimeRange = ALWAYS,
): AgentActivity {
  const active = intervals
    .map((interval) => ({ interval, state: agentStateOf(interval.state, table) }))
    .filter(
      ({ interval, state }) =>
        state.group !== 'Logged Out' &&
        state.group !== 'Ignored' &&
        Math.min(interval.endMs, within.toMs) > Math.max(interval.startMs, within.fromMs),
    )
  const rows: ActivityFacts[] = []
  const byAgent = Map.groupBy(active, (each) => each.interval.agentId)
  for (const agentId of [...byAgent.keys()].sort()) rows.push(...sliceAgent(byAgent.get(agentId)!, within))
  const unknown = active.filter((each) => each.state.isUnknown).map((each) => each.interval.state)
  return { rows, unknownStates: [...new Set(unknown)].sort() }
}

function sliceAgent(all: readonly Active[], within: TimeRange): ActivityFacts[] {
  const rows = new Map<string, ActivityFacts>()
  const sorted = all.toSorted((a, b) => a.interval.startMs - b.interval.startMs)
  let open: Active[] = []
  let next = 0
  const moments = momentsOf(all, within)
  moments.forEach((from, index) => {
    const to = moments[index + 1]
    if (to === undefined) return
    while (next < sorted.length && sorted[next]!.interval.startMs <= from) open.push(sorted[next++]!)
    open = open.filter((each) => each.interval.endMs > from)
    addStretch(rows, open, from, to)
  })
  return [...rows.values()].sort(
    (a, b) => a.interval_time_ms - b.interval_time_ms || compareText(statusOf(a), statusOf(b)),
  )
}

/** Every moment at which something changes, and every quarter hour between. */
function momentsOf(all: readonly Active[], within: TimeRange): number[] {
  const moments = new Set<number>()
  for (const { interval } of all) {
    const [startMs, endMs] = [Math.max(interval.startMs, within.fromMs), Math.min(interval.endMs, within.toMs)]
    moments.add(startMs).add(endMs)
    for (let at = quarterOf(startMs) + QUARTER_HOUR_MS; at < endMs; at += QUARTER_HOUR_MS) moments.add(at)
  }
  return [...moments].sort((a, b) => a - b)
}

function addStretch(rows: Map<string, ActivityFacts>, open: readonly Active[], from: number, to: number): void {
  const shown = open.toSorted(comparePrecedence)[0]
  if (shown === undefined) return
  rowFor(rows, shown, from).activity_time_ms += to - from
  for (const each of open) {
    if (each.state.group !== 'Available' && each.state.group !== 'Busy') continue
    const row = rowFor(rows, each, from)
    row.available_capacity_ms += to - from
    if (each.state.group === 'Busy') row.consumed_capacity_ms += to - from
  }
}

function comparePrecedence(a: Active, b: Active): number {
  return (
    GROUP_PRECEDENCE.indexOf(a.state.group) - GROUP_PRECEDENCE.indexOf(b.state.group) ||
    a.state.rank - b.state.rank ||
    a.interval.startMs - b.interval.startMs ||
    compareText(a.interval.state, b.interval.state) ||
    compareText(a.interval.idleCodeId ?? '', b.interval.idleCodeId ?? '') ||
    compareText(a.interval.recordId, b.interval.recordId)
  )
}

function rowFor(rows: Map<string, ActivityFacts>, { interval, state }: Active, at: number): ActivityFacts {
  const idleCodeId = interval.idleCodeId ?? ''
  const quarter = quarterOf(at)
  const key = `${quarter}/${interval.state}/${idleCodeId}`
  const held = rows.get(key)
  if (held !== undefined) return held
  const row: ActivityFacts = {
    source_agent_id: interval.agentId,
    source_state: interval.state,
    source_idle_code_id: idleCodeId,
    status_name: interval.idleCodeName ?? interval.state,
    state_group: state.group,
    availability: state.availability,
    is_unknown: state.isUnknown,
    interval_time_ms: quarter,
    activity_time_ms: 0,
    available_capacity_ms: 0,
    consumed_capacity_ms: 0,
  }
  rows.set(key, row)
  return row
}

function quarterOf(ms: number): number {
  return Math.floor(ms / QUARTER_HOUR_MS) * QUARTER_HOUR_MS
}

function statusOf(row: ActivityFacts): string {
  return `${row.source_state}/${row.source_idle_code_id}`
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
