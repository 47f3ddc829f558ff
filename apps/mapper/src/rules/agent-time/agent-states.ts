/** The six groups of agent states (model §2.6), and what is no state at all: a marker that never interrupts what goes on (ruling 28). */
export type StateGroup = 'Available' | 'Idle' | 'Busy' | 'Wrap Up' | 'Not Responding' | 'Logged Out' | 'Ignored'
export type Availability = 'Available' | 'Unavailable'

export interface AgentState {
  readonly group: StateGroup
  readonly availability: Availability
  /** Which of several states of one group shows: lower first (ruling 29). */
  readonly rank: number
  /** Not in the table; counted as Busy until someone says otherwise (ruling 27). */
  readonly isUnknown: boolean
}

/** State (lower case) to its group. */
export type AgentStateTable = ReadonlyMap<string, StateGroup>

const BUSY = [
  'ringing',
  'connected',
  'on-hold',
  'hold-done',
  'consult',
  'consulting',
  'consult-done',
  'consult-error',
  'EndConsult',
  'connected-consulting',
  'available-consulting',
  'idle-consulting',
  'AvailableConsultReserved',
  'ConnectedConsultReserved',
  'IdleConsultReserved',
  'Conference',
  'conferencing',
  'conference-done',
  'ctq',
  'ctq-ready',
  'ctq-reserved',
  'ctq-accepted',
  'transferred',
  'vt-transfer',
  'BlindTransfer',
  'ConsultTransfer',
  'call-ended',
  'outdial-reserved',
]

/** States seen in the vendor's samples (model §2.6; webex-cc-api §3.10.7). An operator may replace or extend them: `withRules`. */
export const AGENT_STATES: AgentStateTable = new Map<string, StateGroup>([
  ['available', 'Available'],
  ['idle', 'Idle'],
  ['wrapup', 'Wrap Up'],
  ['not-responding', 'Not Responding'],
  ['logged-out', 'Logged Out'],
  ['skill-update', 'Ignored'],
  ...BUSY.map((state): [string, StateGroup] => [state.toLowerCase(), 'Busy']),
])

/** Between the channels of one agent (model §2.6, ruling 30). */
export const GROUP_PRECEDENCE: readonly StateGroup[] = [
  'Busy',
  'Wrap Up',
  'Not Responding',
  'Available',
  'Idle',
  'Logged Out',
  'Ignored',
]

/** Inside Busy: connected, hold, consult, ringing, others (ruling 29). */
const RANKS: readonly (readonly [RegExp, number])[] = [
  [/^(connected|hold-done)$/, 0],
  [/^on-hold$/, 1],
  [/^(consult|consulting|(connected|available|idle)-consulting|ctq-accepted)$/, 2],
  [/^ringing$/, 3],
]
const OTHER_RANK = 4

/** The table with an operator's rules in place, which go first. Throws `RangeError` for a group there is not. */
export function withRules(rules: ReadonlyMap<string, string>, table: AgentStateTable = AGENT_STATES): AgentStateTable {
  const merged = new Map(table)
  for (const [state, name] of rules) {
    const group = GROUP_PRECEDENCE.find((known) => known === name)
    if (group === undefined) throw new RangeError(`no group of agent states is called ${name}`)
    merged.set(state.toLowerCase(), group)
  }
  return merged
}

export function agentStateOf(state: string, table: AgentStateTable = AGENT_STATES): AgentState {
  const lower = state.toLowerCase()
  const known = table.get(lower)
  const group = known ?? 'Busy'
  return {
    group,
    // Wrap-up is Unavailable, as the seed asks (model §7-15).
    availability: group === 'Available' || group === 'Busy' ? 'Available' : 'Unavailable',
    rank: RANKS.find(([pattern]) => pattern.test(lower))?.[1] ?? OTHER_RANK,
    isUnknown: known === undefined,
  }
}
