import type { Agent, Channel, Named, Pod } from './org.ts'
import { uuidFor } from './random.ts'
import type { Seat, SessionScript, SlotScript, SlotState, StatusFact, Stretch } from './script.ts'

/** The agents at work: who is logged in, what each slot does, and the one status each agent has over all slots. */

type BusyGroup = Extract<StatusFact['stateGroup'], 'Busy' | 'Wrap Up' | 'Not Responding'>

interface LiveSlot {
  readonly script: SlotScript
  /** Null while the slot is free and shows the agent's own state. */
  busy: BusyGroup | null
  isRinging: boolean
}

type Wish =
  | { readonly kind: 'log out'; readonly backAtMs: number | null }
  | { readonly kind: 'break'; readonly code: Named; readonly durationMs: number }

export interface LiveAgent {
  readonly agent: Agent
  session: SessionScript | null
  logins: number
  slots: readonly LiveSlot[]
  /** Idle reason; null while available. */
  idleCode: Named | null
  /** What the agent will do as soon as the hands are free; no offers come meanwhile. */
  wish: Wish | null
  freeSince: number
  /** End of the shift, epoch ms: nobody comes back from a break after it. */
  goesHomeAtMs: number
}

/** A live slot with the name it has in the script. */
export interface Station {
  readonly live: LiveAgent
  readonly slot: LiveSlot
  readonly seat: Seat
}

export interface Floor {
  readonly agents: readonly LiveAgent[]
  readonly sessions: SessionScript[]
  readonly statuses: Map<string, StatusFact[]>
  readonly sessionIdOf: SessionIdOf
}

/** @param login how often the agent logged in before, this day */
export type SessionIdOf = (agentIndex: number, login: number) => string

const GROUP_OF: Readonly<Record<Exclude<SlotState, 'available' | 'idle' | 'skill-update'>, BusyGroup>> = {
  ringing: 'Busy',
  talking: 'Busy',
  holding: 'Busy',
  'talking-again': 'Busy',
  'consult-requested': 'Busy',
  consulting: 'Busy',
  'consult-reserved': 'Busy',
  'consult-answered': 'Busy',
  'consult-failed': 'Busy',
  'three-way': 'Busy',
  'queue-consult-requested': 'Busy',
  'queue-consult-reserved': 'Busy',
  'queue-consult-answered': 'Busy',
  'dial-reserved': 'Busy',
  'after-work': 'Wrap Up',
  'not-responding': 'Not Responding',
}

const RINGING: ReadonlySet<SlotState> = new Set<SlotState>([
  'ringing',
  'consult-reserved',
  'queue-consult-reserved',
  'dial-reserved',
])

export function createFloor({ agents: people }: Pod, sessionIdOf: SessionIdOf): Floor {
  const agents = people.map((agent): LiveAgent => ({
    agent,
    session: null,
    logins: 0,
    slots: [],
    idleCode: null,
    wish: null,
    freeSince: 0,
    goesHomeAtMs: Number.NEGATIVE_INFINITY,
  }))
  return { agents, sessions: [], statuses: new Map(people.map((agent) => [agent.id, []])), sessionIdOf }
}

export function logIn(floor: Floor, live: LiveAgent, at: number, code: Named): void {
  const id = floor.sessionIdOf(live.agent.index, live.logins++)
  const slots = live.agent.slots.map((channel, position): SlotScript => ({
    channelId: uuidFor(id, 'slot', position),
    channel,
    stretches: [],
  }))
  live.session = { id, agent: live.agent, startTime: at, endTime: null, slots }
  live.slots = slots.map((script) => ({ script, busy: null, isRinging: false }))
  live.wish = null
  floor.sessions.push(live.session)
  setOwnState(floor, live, at, code)
}

export function logOut(floor: Floor, live: LiveAgent, at: number): void {
  if (live.session === null) return
  for (const slot of live.slots) endStretch(slot.script.stretches, at)
  live.session.endTime = at
  live.session = null
  live.slots = []
  live.wish = null
  const last = floor.statuses.get(live.agent.id)!.at(-1)
  if (last !== undefined) last.endTime = at
}

/** The agent's own state shows on every free slot. @param idleCode null for available @param changedBy the supervisor whose doing it is */
export function setOwnState(
  floor: Floor,
  live: LiveAgent,
  at: number,
  idleCode: Named | null,
  changedBy?: Agent,
): void {
  live.idleCode = idleCode
  live.freeSince = at
  for (const slot of live.slots) if (slot.busy === null) showOwnState(live, slot, at, changedBy)
  noteStatus(floor, live, at)
}

/** New skills leave a mark on every free slot, and what the slot showed goes on after it (ruling 28). */
export function markSkills(live: LiveAgent, at: number): void {
  for (const { busy, script } of live.slots) {
    const { stretches } = script
    const last = stretches.at(-1)
    if (busy !== null || last === undefined || last.start >= at) continue
    last.end = at
    stretches.push({ state: 'skill-update', start: at, end: at }, { ...last, start: at, end: null })
  }
}

export function occupy(
  floor: Floor,
  { live, slot }: Station,
  at: number,
  stretch: Omit<Stretch, 'start' | 'end' | 'state'> & { readonly state: keyof typeof GROUP_OF },
): void {
  slot.busy = GROUP_OF[stretch.state]
  slot.isRinging = RINGING.has(stretch.state)
  begin(slot.script.stretches, { ...stretch, start: at, end: null })
  noteStatus(floor, live, at)
}

/** Plans a change of an occupied slot: hold and talk in turn, which does not touch the agent's status. */
export function planStretch({ slot }: Station, at: number, stretch: Omit<Stretch, 'start' | 'end'>): void {
  begin(slot.script.stretches, { ...stretch, start: at, end: null })
}

export function free(floor: Floor, { live, slot }: Station, at: number): void {
  slot.busy = null
  slot.isRinging = false
  live.freeSince = at
  showOwnState(live, slot, at)
  noteStatus(floor, live, at)
}

export const isEntirelyFree = (live: LiveAgent) => live.slots.every((slot) => slot.busy === null)

export function stationOf(live: LiveAgent, channel: Channel): Station | null {
  const slot = live.slots.find((candidate) => candidate.busy === null && candidate.script.channel === channel)
  if (slot === undefined || live.session === null) return null
  return { live, slot, seat: { agent: live.agent, sessionId: live.session.id, channelId: slot.script.channelId } }
}

function showOwnState(live: LiveAgent, slot: LiveSlot, at: number, changedBy?: Agent): void {
  const { stretches } = slot.script
  const last = stretches.at(-1)
  const state = live.idleCode === null ? 'available' : 'idle'
  if (last?.end === null && last.state === state && last.idleCode?.id === live.idleCode?.id) return
  begin(stretches, { state, start: at, end: null, idleCode: live.idleCode ?? undefined, changedBy })
}

function endStretch(stretches: Stretch[], at: number): void {
  const last = stretches.at(-1)
  if (last === undefined) return
  if (last.start >= at) stretches.pop()
  else last.end = at
}

/** What lasted no time at all is not told. */
function begin(stretches: Stretch[], next: Stretch): void {
  endStretch(stretches, next.start)
  stretches.push(next)
}

function noteStatus(floor: Floor, live: LiveAgent, at: number): void {
  const told = floor.statuses.get(live.agent.id)!
  const group = statusOf(live)
  const last = told.at(-1)
  if (last !== undefined && last.endTime === null) {
    if (last.stateGroup === group) return
    if (last.startTime === at) told.pop()
    else last.endTime = at
  }
  const before = told.at(-1)
  if (before !== undefined && before.endTime === at && before.stateGroup === group && live.session!.startTime < at)
    before.endTime = null
  else told.push({ agentId: live.agent.id, stateGroup: group, startTime: at, endTime: null })
}

/** One status at a time: Busy before Wrap Up before Not Responding before the agent's own state (customer-journey-model §2.6). */
function statusOf(live: LiveAgent): StatusFact['stateGroup'] {
  for (const group of ['Busy', 'Wrap Up', 'Not Responding'] as const)
    if (live.slots.some((slot) => slot.busy === group)) return group
  return live.idleCode === null ? 'Available' : 'Idle'
}
