import type { AgentSessionRecord, RecordOf } from '../world.ts'
import type { Channel, Org } from './org.ts'
import type { SessionScript, SlotScript, SlotState, Stretch } from './script.ts'

/** AARs: the vendor's words for what a slot does (webex-cc-api §3.10.7, §7.4). */
const VENDOR_STATE: Readonly<Record<SlotState, string>> = {
  available: 'available',
  idle: 'idle',
  ringing: 'ringing',
  talking: 'connected',
  holding: 'on-hold',
  'talking-again': 'hold-done',
  'consult-requested': 'consult',
  consulting: 'consulting',
  'consult-reserved': 'AvailableConsultReserved',
  'consult-answered': 'available-consulting',
  'consult-failed': 'consult-error',
  'three-way': 'conferencing',
  'after-work': 'wrapup',
  'not-responding': 'not-responding',
  'queue-consult-requested': 'ctq',
  'queue-consult-reserved': 'ctq-reserved',
  'queue-consult-answered': 'ctq-accepted',
  'dial-reserved': 'outdial-reserved',
  'skill-update': 'skill-update',
}

export const vendorState = (state: SlotState): string => VENDOR_STATE[state]

/** Sessions have a shorter word for one channel (webex-cc-api §3.10.7). */
const SLOT_CHANNEL: Readonly<Record<Channel, string>> = {
  telephony: 'telephony',
  chat: 'chat',
  email: 'email',
  social_channel: 'social',
}

const isOpenAt = (stretch: Stretch, asOfMs: number) => stretch.end === null || stretch.end > asOfMs
const isOutdial = (stretch: Stretch) => stretch.task?.isOutdial ?? false

/** ASR with one `channelInfo` element per channel slot; states of the agent itself repeat on each free slot. */
export function renderSession(org: Org, session: SessionScript, asOfMs: number): AgentSessionRecord {
  const { agent } = session
  const isActive = session.endTime === null || session.endTime > asOfMs
  const endTime = isActive ? -1 : session.endTime!
  const slots = session.slots.map((slot) => renderSlot(session, slot, endTime, asOfMs))
  return {
    agentSessionId: session.id,
    agentId: agent.id,
    agentName: agent.name,
    userLoginId: agent.login,
    isActive,
    startTime: session.startTime,
    endTime,
    state: slots[0]!.currentState,
    agentSignOutReason: isActive ? null : 'User Logout',
    siteId: agent.team.site.id,
    siteName: agent.team.site.name,
    teamId: agent.team.id,
    teamName: agent.team.name,
    orgId: org.id,
    orgName: org.name,
    parentOrgId: null,
    parentOrgName: null,
    multiMediaProfileType: 'Blended Real-time',
    skillsProfile: `${agent.skills.join(' and ')} profile`,
    agentSkills: agent.skills.map((name) => ({ name, proficiencyValue: 5 })),
    channelInfo: slots,
  }
}

function renderSlot(session: SessionScript, slot: SlotScript, endTime: number, asOfMs: number) {
  const seen = slot.stretches.filter((stretch) => stretch.start <= asOfMs)
  const nodes: RecordOf[] = seen.map((stretch, position) => {
    const isOpen = isOpenAt(stretch, asOfMs)
    const end = isOpen ? -1 : stretch.end!
    return {
      ...rowOf(slot, VENDOR_STATE[stretch.state], stretch.start, stretch.idleCode?.name),
      endTime: end,
      duration: isOpen ? -1 : end - stretch.start,
      idleCode: { id: stretch.idleCode?.id ?? null, name: stretch.idleCode?.name ?? null },
      wrapupCode: isOpen ? NOTHING : { id: stretch.wrapUpCode?.id ?? null, name: stretch.wrapUpCode?.name ?? null },
      taskId: stretch.task?.id ?? null,
      queue: { id: stretch.queue?.id ?? null, name: stretch.queue?.name ?? null },
      isOutdial: isOutdial(stretch),
      outboundType: stretch.task?.campaign?.type ?? (isOutdial(stretch) ? 'OUTDIAL' : null),
      isCurrentActivity: isOpen,
      isLoginActivity: position === 0,
      changedById: stretch.changedBy?.id ?? null,
      changedByName: stretch.changedBy?.name ?? null,
      contactAssignmentType: stretch.task === undefined ? null : stretch.task.plan.isManual ? 'manual' : 'routed',
    }
  })
  if (endTime !== -1)
    nodes.push({ ...rowOf(slot, 'logged-out', endTime), endTime, duration: 0, isLogoutActivity: true })
  return {
    channelId: slot.channelId,
    channelType: SLOT_CHANNEL[slot.channel],
    subChannelType: null,
    agentPhoneNumber: slot.channel === 'telephony' ? session.agent.phoneNumber : null,
    currentState: endTime === -1 ? VENDOR_STATE[seen.at(-1)!.state] : 'logged-out',
    idleCodeName: seen.findLast((stretch) => stretch.idleCode !== undefined)?.idleCode?.name ?? null,
    totalDuration: endTime === -1 ? -1 : endTime - session.startTime,
    lastActivityTime: seen.reduce(
      (latest, stretch) => Math.max(latest, isOpenAt(stretch, asOfMs) ? stretch.start : stretch.end!),
      session.startTime,
    ),
    ...countersOf(seen, asOfMs),
    activities: { nodes },
  }
}

const NOTHING = { id: null, name: null }

function rowOf(slot: SlotScript, state: string, startTime: number, idleCode?: string): RecordOf {
  const finer = idleCode === 'RONA' ? `${state}-rona` : state
  return {
    id: `${slot.channelId}-${SLOT_CHANNEL[slot.channel]}-${startTime}-${finer}`,
    state,
    startTime,
    idleCode: NOTHING,
    wrapupCode: NOTHING,
    taskId: null,
    queue: NOTHING,
    isOutdial: false,
    outboundType: null,
    isCurrentActivity: false,
    isLoginActivity: false,
    isLogoutActivity: false,
    changedById: null,
    changedByName: null,
    contactAssignmentType: null,
  }
}

/** Counters of one slot; those of inbound contacts and their `outdial` twins are apart (customer-journey-model §2.6). Durations in ms. */
function countersOf(seen: readonly Stretch[], asOfMs: number) {
  const inbound = new Map<SlotState, Measured>()
  const outdial = new Map<SlotState, Measured>()
  const viaEntryPoint = { inbound: new Map<SlotState, Measured>(), outdial: new Map<SlotState, Measured>() }
  for (const stretch of seen) {
    const ms = isOpenAt(stretch, asOfMs) ? 0 : stretch.end! - stretch.start
    const isOut = isOutdial(stretch)
    add(isOut ? outdial : inbound, stretch.state, ms)
    if (stretch.isViaEntryPoint === true) add(isOut ? viaEntryPoint.outdial : viaEntryPoint.inbound, stretch.state, ms)
  }
  const of = (from: ReadonlyMap<SlotState, Measured>, ...states: readonly SlotState[]): Measured => {
    const total = { count: 0, ms: 0 }
    for (const state of states) {
      total.count += from.get(state)?.count ?? 0
      total.ms += from.get(state)?.ms ?? 0
    }
    return total
  }
  const isNew = (stretch: Stretch) => stretch.start <= asOfMs
  const tasks = new Set(seen.filter(isNew).flatMap((stretch) => stretch.task ?? []))
  const left = transfersOf(seen, asOfMs)
  const callbacks = [...tasks].filter((task) => task.callback?.connectedAt != null && !task.isOutdial)
  const requested = of(inbound, 'consulting')
  const outRequested = of(outdial, 'consulting')
  const answered = of(inbound, 'consult-answered')
  const outAnswered = of(outdial, 'consult-answered')
  const queueRequested = of(inbound, 'queue-consult-requested')
  const queueAnswered = of(inbound, 'queue-consult-answered')
  const outQueueRequested = of(outdial, 'queue-consult-requested')
  const outQueueAnswered = of(outdial, 'queue-consult-answered')
  const reserved = of(outdial, 'dial-reserved')
  return {
    ...named('available', of(inbound, 'available')),
    ...named('idle', of(inbound, 'idle')),
    ...named('ringing', of(inbound, 'ringing')),
    ...named('outdialRinging', of(outdial, 'ringing')),
    connectedCount: of(inbound, 'talking').count,
    connectedDuration: of(inbound, 'talking', 'talking-again').ms,
    outdialConnectedCount: of(outdial, 'talking').count,
    outdialConnectedDuration: of(outdial, 'talking', 'talking-again').ms,
    ...named('hold', of(inbound, 'holding')),
    ...named('outdialHold', of(outdial, 'holding')),
    disconnectedHoldCallsCount: 0,
    ...named('wrapup', of(inbound, 'after-work')),
    ...named('outdialWrapup', of(outdial, 'after-work')),
    ...named('notResponded', of(inbound, 'not-responding')),
    ...named('outdialNotResponded', of(outdial, 'not-responding')),
    disconnectedCount: [...tasks].filter(
      ({ ending, endedTime }) => ending?.type === 'sudden_disconnect' && endedTime !== null && endedTime <= asOfMs,
    ).length,
    ...named('conference', of(inbound, 'three-way')),
    ...named('outdialConference', of(outdial, 'three-way')),
    ...named('consult', plus(requested, answered)),
    ...named('outdialConsult', plus(outRequested, outAnswered)),
    ...named('consultAnswer', answered),
    ...named('outdialConsultAnswer', outAnswered),
    ...named('consultRequest', requested),
    ...named('outdialConsultRequest', outRequested),
    ...named('consultToQueue', plus(queueRequested, queueAnswered)),
    ...named('consultToQueueAnswer', queueAnswered),
    ...named('outdialConsultToQueueAnswer', outQueueAnswered),
    ...named('consultToQueueRequest', queueRequested),
    ...named('outdialConsultToQueueRequest', outQueueRequested),
    ...named('consultToEpRequested', of(viaEntryPoint.inbound, 'consulting')),
    ...named('consultToEpAnswered', of(viaEntryPoint.inbound, 'consult-answered')),
    ...named('outdialConsultToEpRequested', of(viaEntryPoint.outdial, 'consulting')),
    ...named('outdialConsultToEpAnswered', of(viaEntryPoint.outdial, 'consult-answered')),
    ...left,
    outdialConsultTransferDuration: 0,
    outdialCount: of(outdial, 'ringing').count,
    callBackCount: callbacks.length,
    reservationCount: reserved.count,
    totalReservationTime: reserved.ms,
    postCallCount: 0,
    postCallDuration: 0,
    outdialPostCallCount: 0,
    outdialPostCallDuration: 0,
    postCallAssistanceCount: 0,
    postCallAssistanceDuration: 0,
    outdialPostCallAssistanceCount: 0,
    outdialPostCallAssistanceDuration: 0,
    manualAssignCount: [...tasks].filter(({ plan }) => plan.isManual).length,
  }
}

interface Measured {
  count: number
  ms: number
}

function add(to: Map<SlotState, Measured>, state: SlotState, ms: number): void {
  const known = to.get(state)
  if (known === undefined) to.set(state, { count: 1, ms })
  else {
    known.count++
    known.ms += ms
  }
}

const plus = (a: Measured, b: Measured): Measured => ({ count: a.count + b.count, ms: a.ms + b.ms })
const named = <N extends string>(name: N, { count, ms }: Measured) =>
  ({ [`${name}Count`]: count, [`${name}Duration`]: ms }) as Record<`${N}Count` | `${N}Duration`, number>

/** Transfers that this slot's agent made, told by the steps of the contacts it had. */
function transfersOf(seen: readonly Stretch[], asOfMs: number) {
  const made = { all: 0, blind: 0, toAgent: 0, toQueue: 0 }
  const outdial = { all: 0, blind: 0, toAgent: 0, toQueue: 0 }
  for (const { state, start, task } of seen) {
    // Whoever transfers, works on alone from that moment.
    if (state !== 'after-work' || task === undefined) continue
    const way = task.beats.find((beat) => (beat.end === start || beat.start === start) && LEAVES.has(beat.kind))
    if (way === undefined || way.start > asOfMs) continue
    const to = task.isOutdial ? outdial : made
    to.all++
    if (way.kind !== 'hand-over') to.blind++
    if (way.toSeat !== undefined) to.toAgent++
    if (way.kind === 'send-to-queue') to.toQueue++
  }
  return {
    transferCount: made.all,
    outdialTransferCount: outdial.all,
    blindTransferCount: made.blind,
    outdialBlindTransferCount: outdial.blind,
    agentToAgentTransferCount: made.toAgent,
    outdialAgentToAgentTransferCount: outdial.toAgent,
    agentTransferToQueueRequestCount: made.toQueue,
    outdialAgentTransferToQueueRequestCount: outdial.toQueue,
  }
}

const LEAVES: ReadonlySet<string> = new Set(['send-away', 'hand-over', 'send-to-queue'])
