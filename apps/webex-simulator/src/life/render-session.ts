import type { AgentSessionRecord, RecordOf } from '../world.ts'
import type { Org } from './org.ts'
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
      outboundType: isOutdial(stretch) ? 'OUTDIAL' : null,
      isCurrentActivity: isOpen,
      isLoginActivity: position === 0,
      contactAssignmentType: stretch.task === undefined ? null : 'routed',
    }
  })
  if (endTime !== -1)
    nodes.push({ ...rowOf(slot, 'logged-out', endTime), endTime, duration: 0, isLogoutActivity: true })
  return {
    channelId: slot.channelId,
    channelType: slot.channel,
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
    id: `${slot.channelId}-${slot.channel}-${startTime}-${finer}`,
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

/** Counters of one slot; those of inbound contacts and their `outdial` twins are apart (customer-journey-model §2.6). */
function countersOf(seen: readonly Stretch[], asOfMs: number) {
  const measure = (states: readonly SlotState[], ofOutdial?: boolean) => {
    const chosen = seen.filter(
      (stretch) => states.includes(stretch.state) && (ofOutdial === undefined || isOutdial(stretch) === ofOutdial),
    )
    return [
      chosen.length,
      chosen.reduce((sum, stretch) => (isOpenAt(stretch, asOfMs) ? sum : sum + stretch.end! - stretch.start), 0),
    ] as const
  }
  const [availableCount, availableDuration] = measure(['available'])
  const [idleCount, idleDuration] = measure(['idle'])
  const [notRespondedCount, notRespondedDuration] = measure(['not-responding'])
  const [ringingCount, ringingDuration] = measure(['ringing'], false)
  const [outdialRingingCount, outdialRingingDuration] = measure(['ringing'], true)
  const [connectedCount] = measure(['talking'], false)
  const [, connectedDuration] = measure(['talking', 'talking-again'], false)
  const [outdialConnectedCount] = measure(['talking'], true)
  const [, outdialConnectedDuration] = measure(['talking', 'talking-again'], true)
  const [holdCount, holdDuration] = measure(['holding'], false)
  const [outdialHoldCount, outdialHoldDuration] = measure(['holding'], true)
  const [wrapupCount, wrapupDuration] = measure(['after-work'], false)
  const [outdialWrapupCount, outdialWrapupDuration] = measure(['after-work'], true)
  const [conferenceCount, conferenceDuration] = measure(['three-way'])
  const [consultRequestCount, consultRequestDuration] = measure(['consulting'])
  const [consultAnswerCount, consultAnswerDuration] = measure(['consult-answered'])
  return {
    availableCount,
    availableDuration,
    idleCount,
    idleDuration,
    notRespondedCount,
    notRespondedDuration,
    ringingCount,
    ringingDuration,
    outdialRingingCount,
    outdialRingingDuration,
    connectedCount,
    connectedDuration,
    outdialConnectedCount,
    outdialConnectedDuration,
    holdCount,
    holdDuration,
    outdialHoldCount,
    outdialHoldDuration,
    wrapupCount,
    wrapupDuration,
    outdialWrapupCount,
    outdialWrapupDuration,
    conferenceCount,
    conferenceDuration,
    consultCount: consultRequestCount + consultAnswerCount,
    consultDuration: consultRequestDuration + consultAnswerDuration,
    consultRequestCount,
    consultRequestDuration,
    consultAnswerCount,
    consultAnswerDuration,
    outdialCount: outdialRingingCount,
    callBackCount: 0,
    manualAssignCount: 0,
  }
}
