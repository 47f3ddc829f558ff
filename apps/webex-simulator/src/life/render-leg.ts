import type { TaskLegRecord } from '../world.ts'
import { customerOf } from './customer.ts'
import { globalVariablesOf } from './global-variables-of.ts'
import { measure } from './measures.ts'
import { beatsAt, isOpenAt } from './render-activities.ts'
import { AS_DOCUMENTED } from './render-options.ts'
import type { RenderOptions } from './render-options.ts'
import type { Beat, Leg, Seat, TaskScript } from './script.ts'

const agentOf = (seat: Seat | null) => ({
  id: seat?.agent.id ?? null,
  name: seat?.agent.name ?? null,
  signInId: seat?.agent.login ?? null,
  sessionId: seat?.sessionId ?? null,
  phoneNumber: seat?.agent.phoneNumber ?? null,
  channelId: seat?.channelId ?? null,
})
const named = (thing: { readonly id: string; readonly name: string } | null | undefined) => ({
  id: thing?.id ?? null,
  name: thing?.name ?? null,
})

/** CLR: one stay in a queue with the agent who took it; its measures are those of the CARs that fall into it (webex-cc-api §3.10.5). */
export function renderLeg(
  seed: number,
  task: TaskScript,
  leg: Leg,
  asOfMs: number,
  { lastActivity }: RenderOptions = AS_DOCUMENTED,
): TaskLegRecord {
  const beats = beatsOf(task, leg, asOfMs)
  const isEnded = leg.end !== null && leg.end <= asOfMs
  const isConnected = leg.connectedAt !== null && leg.connectedAt <= asOfMs
  const customer = customerOf(seed, task)
  const { entryPoint, isOutdial } = task
  const lastBeat = beats.findLast((beat) => !isOpenAt(beat, asOfMs))
  const lastMs = Math.max(leg.start, lastBeat?.end ?? leg.start)
  return {
    id: `${task.id}-callLeg-${leg.start}`,
    taskId: task.id,
    createdTime: leg.start,
    endedTime: isEnded ? leg.end! : -1,
    lastActivityTime: lastActivity === 'until-ended' && isEnded ? Math.min(lastMs, leg.end!) : lastMs,
    isActive: !isEnded,
    status: isEnded ? 'ended' : isConnected ? 'connected' : 'parked',
    contactState: contactStateOf(beats, isEnded, isConnected, asOfMs),
    channelType: task.channel,
    channelSubType: task.subType,
    origin: isOutdial ? entryPoint.address : customer.address,
    destination: isOutdial ? customer.address : entryPoint.address,
    direction: isOutdial ? 'outbound' : 'inbound',
    callType: isOutdial ? 'outdial' : 'inbound',
    isOutdial,
    routingType: leg.queue === null ? null : 'longestAvailable',
    entryPoint: named(entryPoint),
    ivrScriptId: isOutdial ? null : entryPoint.flow.id,
    ivrScriptName: isOutdial ? null : entryPoint.flow.name,
    ivrScriptTagId: isOutdial ? null : entryPoint.flow.tag.id,
    ivrScriptTagName: isOutdial ? null : entryPoint.flow.tag.name,
    customer: { name: customer.name, phoneNumber: customer.phoneNumber, email: customer.email },
    ...placeFields(task, leg, { isEnded, isConnected }),
    ...serviceFields(task, leg, asOfMs, { isEnded, isConnected }),
    ...countersOf(task, leg, beats, asOfMs),
    globalVariables: globalVariablesOf(seed, task, asOfMs),
  }
}

/** Each step belongs to the leg begun last before it; what came before the first leg belongs to that. */
function beatsOf(task: TaskScript, leg: Leg, asOfMs: number): readonly Beat[] {
  const at = task.legs.indexOf(leg)
  const fromMs = at === 0 ? Number.NEGATIVE_INFINITY : leg.start
  const toMs = task.legs[at + 1]?.start ?? Number.POSITIVE_INFINITY
  return beatsAt(task, asOfMs).filter(({ start }) => start >= fromMs && start < toMs)
}

function contactStateOf(beats: readonly Beat[], isEnded: boolean, isConnected: boolean, asOfMs: number): string {
  const work = beats.findLast((beat) => beat.kind === 'after-work')
  if (isEnded && work !== undefined) return isOpenAt(work, asOfMs) ? 'wrapup' : 'wrapup-completed'
  if (isEnded) return 'ended'
  return isConnected ? 'connected' : 'parked'
}

interface Known {
  readonly isEnded: boolean
  readonly isConnected: boolean
}

function placeFields(task: TaskScript, leg: Leg, { isEnded, isConnected }: Known) {
  const seat = isConnected ? leg.seat : null
  const isManual = isConnected && task.plan.isManual
  const skills = leg.queue === null ? null : [{ name: 'Topic', textValue: leg.queue.skill }]
  return {
    owner: agentOf(seat),
    site: named(seat?.agent.team.site),
    team: named(seat?.agent.team),
    nextDestination: {
      agent: agentOf(isEnded ? leg.toSeat : null),
      team: named(isEnded ? leg.toSeat?.agent.team : null),
      queue: named(isEnded ? leg.toQueue : null),
    },
    queuedTo: leg.queue === null ? 'Agent' : 'Queue',
    preferredAgentSystemId: task.preferredAgent?.id ?? null,
    preferredAgentName: task.preferredAgent?.name ?? null,
    isHandledByPreferredAgent: task.preferredAgent === null ? null : seat?.agent === task.preferredAgent,
    requiredSkills: skills,
    matchedSkills: isConnected ? skills : null,
    matchedSkillsProfile: isConnected && skills !== null ? `${leg.seat?.agent.skills.join(' and ')} profile` : null,
    skillsAssignedIn: leg.queue === null ? null : 'queue',
    manualAssignCount: isManual ? 1 : 0,
    isChildLeg: false,
  }
}

function serviceFields(task: TaskScript, leg: Leg, asOfMs: number, { isEnded, isConnected }: Known) {
  const waitMs = isConnected ? leg.connectedAt! - leg.start : isEnded ? leg.end! - leg.start : null
  const slaS = leg.queue?.serviceLevelS ?? null
  const isLast = isEnded && leg.end === task.endedTime
  const ending = isLast ? task.ending : null
  const isAbandoned = ending?.type === 'abandoned' && !isConnected
  const { callback } = task
  const isOptedOut = callback !== null && leg.handleType === 'dequeued' && callback.requestedAt <= asOfMs
  return {
    queue: { ...named(leg.queue), duration: leg.queue === null ? 0 : (waitMs ?? -1) },
    handleType: isEnded ? leg.handleType : 'connect',
    handleTime: isConnected && isEnded ? leg.end! - leg.connectedAt! : null,
    isTaskLegHandled: isConnected,
    isWithinServiceLevel: waitMs === null || slaS === null ? null : isConnected && waitMs <= slaS * 1000,
    slaValue: slaS === null ? null : String(slaS),
    isOptOutOfQueue: isOptedOut,
    optOutOfQueueTimestamp: isOptedOut ? callback.requestedAt : null,
    terminatingEnd: ending?.by ?? null,
    terminationReason: ending?.reason ?? null,
    abandonedType: ending?.abandoned ?? null,
    abandonedSlCount: isAbandoned && waitMs !== null && slaS !== null && waitMs <= slaS * 1000 ? 1 : 0,
  }
}

function countersOf(task: TaskScript, leg: Leg, beats: readonly Beat[], asOfMs: number) {
  const of = measure(task, beats, asOfMs)
  const count = (kind: Beat['kind']) => beats.reduce((total, beat) => (beat.kind === kind ? total + 1 : total), 0)
  const work = beats.findLast((beat) => beat.kind === 'after-work' && !isOpenAt(beat, asOfMs))
  const isFirst = task.legs[0] === leg
  const menu = task.facts.find((fact) => fact.type === 'Menu' || fact.type === 'Bot')
  const isMenuKnown = isFirst && menu?.endTime != null && menu.endTime <= asOfMs
  const consulted = beats.find((beat) => beat.childId !== undefined)
  const toEntryPoint = beats.find((beat) => beat.toEntryPoint !== undefined)?.toEntryPoint
  const transfers = beats.filter((beat) => beat.kind === 'send-away' || beat.kind === 'send-to-queue')
  return {
    queueDuration: of.queueDuration,
    ringingDuration: of.ringingDuration,
    connectedCount: of.connectedCount,
    connectedDuration: of.connectedDuration,
    holdCount: of.holdCount,
    holdDuration: of.holdDuration,
    wrapupDuration: of.wrapupDuration,
    lastWrapupCodeName: work?.wrapUpCode?.name ?? null,
    selfserviceCount: isFirst && menu !== undefined ? 1 : 0,
    selfserviceDuration: isMenuKnown ? menu.endTime! - menu.startTime : 0,
    queueCount: leg.queue === null ? 0 : 1,
    taskLegCount: 1,
    consultDuration: of.consultDuration,
    consultSuccessCount: of.consultCount,
    outdialConsultCount: of.outdialConsultCount,
    outdialConsultDuration: task.isOutdial ? of.consultDuration : 0,
    conferenceDuration: of.conferenceDuration,
    conferenceSuccessCount: of.conferenceCount,
    outdialConferenceCount: task.isOutdial ? of.conferenceCount : 0,
    outdialConferenceDuration: task.isOutdial ? of.conferenceDuration : 0,
    consultCount: of.consultCount,
    consultToQueueCount: of.consultToQueueCount,
    consultToQueueDuration: of.consultToQueueDuration,
    consultToQueueHandledCount: of.consultToQueueCount,
    outdialConsultToQueueCount: of.outdialConsultToQueueCount,
    outdialConsultToQueueDuration: of.outdialConsultToQueueDuration,
    outdialConsultToQueueHandledCount: of.outdialConsultToQueueCount,
    consultEpId: consulted === undefined ? null : (toEntryPoint?.id ?? null),
    consultEpName: consulted === undefined ? null : (toEntryPoint?.name ?? null),
    childContactId: consulted?.childId ?? null,
    childContactType: consulted === undefined ? null : 'consult',
    consultToEPCount: of.consultToEPCount,
    consultToEPDuration: of.consultToEPDuration,
    outdialConsultToEPCount: of.outdialConsultToEPCount,
    outdialConsultToEPDuration: of.outdialConsultToEPDuration,
    blindTransferCount: of.blindTransferCount,
    transferCount: of.transferCount,
    transferErrorCount: of.transferErrorCount,
    agentToDnTransferCount: of.agentToDnTransferCount,
    agentTransferedInCount: of.agentTransferedInCount,
    interQueueBlindTransferCount: count('send-to-queue'),
    interQueueConsultTransferCount: 0,
    blindTransferToAgentCount: transfers.filter((beat) => beat.toSeat !== undefined).length,
    transferEpDN: consulted === undefined ? (toEntryPoint?.address ?? null) : null,
    consultToAgentErrorCount: 0,
    consultToQueueErrorCount: 0,
    outdialConsultToQueueErrorCount: 0,
    consultToEpErrorCount: 0,
    consultToDnErrorCount: 0,
    postCallDuration: 0,
  }
}
