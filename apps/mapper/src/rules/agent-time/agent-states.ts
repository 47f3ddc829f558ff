/** The six groups of agent states (model §2.6). */
export type StateGroup = 'Available' | 'Idle' | 'Busy' | 'Wrap Up' | 'Not Responding' | 'Logged Out'
export type Availability = 'Available' | 'Unavailable'

export interface AgentState {
  readonly group: StateGroup
  readonly availability: Availability
  /** Which of several states of one group shows: lower first (ruling 29). */
  readonly rank: number
  /** Not in the table; counted as Busy until someone says otherwise (ruling 27). */
  readonly isUnknown: boolean
}

/** State (lower case) to its group. Configurable: an operator may replace or extend it. */
export type AgentStateTable = ReadonlyMap<string, StateGroup>

/** A marker of 0 ms that never interrupts what goes on (ruling 28). */
export const SKILL_UPDATE = 'skill-update'

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

/** States seen in the vendor's samples (model §2.6; webex-cc-api §3.10.7). */
export const AGENT_STATES: AgentStateTable = new Map<string, StateGroup>([
  ['available', 'Available'],
  ['idle', 'Idle'],
  ['wrapup', 'Wrap Up'],
  ['not-responding', 'Not Responding'],
  ['logged-out', 'Logged Out'],
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
]

/** Inside Busy: connected, hold, consult, ringing, others (ruling 29). */
const RANKS: readonly (readonly [RegExp, number])[] = [
  [/^(connected|hold-done)$/, 0],
  [/^on-hold$/, 1],
  [/^(consult|consulting|(connected|available|idle)-consulting|ctq-accepted)$/, 2],
  [/^ringing$/, 3],
]
const OTHER_RANK = 4

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
