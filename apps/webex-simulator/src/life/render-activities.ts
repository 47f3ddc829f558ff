import type { RecordOf } from '../world.ts'
import type { Org } from './org.ts'
import { AS_DOCUMENTED } from './render-options.ts'
import type { RenderOptions } from './render-options.ts'
import type { Beat, BeatKind, TaskScript } from './script.ts'

/** CARs: the vendor's words for our beats (webex-cc-api §3.10.7, §7.1). `idPart` is the internal name that ids carry where it differs. */
const VENDOR_STEP: Readonly<Record<BeatKind, { readonly eventName: string; readonly idPart?: string }>> = {
  arrive: { eventName: 'new' },
  'flow-node': { eventName: 'flow-activity' },
  wait: { eventName: 'parked' },
  offer: { eventName: 'connect' },
  'offer-failed': { eventName: 'con-to-agent-error' },
  talk: { eventName: 'connected' },
  hold: { eventName: 'on-hold' },
  'talk-again': { eventName: 'hold-done' },
  'recording-start': { eventName: 'recording-started', idPart: 'capture-started' },
  'recording-pause': { eventName: 'paused' },
  'recording-resume': { eventName: 'resumed' },
  'recording-ready': { eventName: 'recording-available', idPart: 'capture-available' },
  'leave-queue': { eventName: 'dequeued' },
  'send-to-queue': { eventName: 'vt-transfer' },
  'send-away': { eventName: 'blind-transfer' },
  'hand-over': { eventName: 'ConsultTransfer' },
  'under-way': { eventName: 'Transferred' },
  'ask-colleague': { eventName: 'consult' },
  'with-colleague': { eventName: 'consulting' },
  'colleague-gone': { eventName: 'consult-done' },
  'join-colleague': { eventName: 'Conference' },
  'three-way': { eventName: 'conferencing' },
  'three-way-over': { eventName: 'conference-done' },
  'after-work': { eventName: 'WrapUp', idPart: 'wrapup-done' },
  end: { eventName: 'ended' },
  'self-service': { eventName: 'ivr-connected' },
  'self-service-done': { eventName: 'ivr-done' },
  treatment: { eventName: 'treatment' },
  'treatment-done': { eventName: 'treatment-completed' },
  'opt-out': { eventName: 'optOutOfQueue' },
  'callback-failed': { eventName: 'callbackFailed' },
  'dial-campaign': { eventName: 'campaignOutbound' },
  'ask-queue': { eventName: 'ctq' },
  'queue-colleague': { eventName: 'ctq-accepted' },
  'consult-failed': { eventName: 'consult-error' },
  'child-arrive': { eventName: 'new' },
  'child-wait': { eventName: 'parked' },
  'child-offer': { eventName: 'connect' },
  'child-talk': { eventName: 'connected' },
  'child-end': { eventName: 'ended' },
}

/** An end that lies ahead is planned, but nobody has seen it yet. */
export const isOpenAt = (beat: Beat, asOfMs: number) => beat.end === null || beat.end > asOfMs

/** What the index knows of a contact at this moment, ascending by start. */
export function beatsAt(task: TaskScript, asOfMs: number): readonly Beat[] {
  return task.beats.filter((beat) => beat.start <= asOfMs).sort((a, b) => a.start - b.start)
}

export function renderActivities(
  org: Org,
  task: TaskScript,
  beats: readonly Beat[],
  asOfMs: number,
  { lastActivity }: RenderOptions = AS_DOCUMENTED,
): RecordOf[] {
  const ids = new Set<string>()
  const frozenAt = lastActivity === 'until-ended' ? (task.endedTime ?? asOfMs) : asOfMs
  return beats.map((beat, position) => {
    const { eventName, idPart } = VENDOR_STEP[beat.kind]
    const { seat, toSeat, queue, toQueue, toEntryPoint } = beat
    const { entryPoint } = task
    const isOpen = isOpenAt(beat, asOfMs)
    const end = isOpen ? -1 : beat.end!
    const team = seat?.agent.team
    const inFlow = IN_FLOW.has(beat.kind)
    const flow = inFlow && !task.isOutdial ? entryPoint.flow : null
    const consulted = beat.kind === 'ask-colleague' || beat.kind === 'with-colleague' ? toEntryPoint : undefined
    return {
      id: uniqueId(ids, `${task.id}-${beat.start}-${idPart ?? eventName}`),
      eventName,
      previousState: stateName(beats[position - 1]),
      nextState: stateName(beats[position + 1]),
      isActive: isOpen,
      createdTime: beat.start,
      endedTime: end,
      duration: isOpen ? -1 : end - beat.start,
      lastActivityTime: Math.max(beat.start, Math.min(isOpen ? beat.start : end, frozenAt)),
      activityType: beat.node?.type ?? null,
      activityName: beat.node?.name ?? null,
      agentId: seat?.agent.id ?? null,
      agentName: seat?.agent.name ?? null,
      agentPhoneNumber: seat?.agent.phoneNumber ?? null,
      agentSessionId: seat?.sessionId ?? null,
      agentChannelId: seat?.channelId ?? null,
      entrypointId: entryPoint.id,
      entrypointName: entryPoint.name,
      queueId: queue?.id ?? null,
      queueName: queue?.name ?? null,
      siteId: team?.site.id ?? null,
      siteName: team?.site.name ?? null,
      teamId: team?.id ?? null,
      teamName: team?.name ?? null,
      transferType: beat.transferType ?? null,
      consultEpId: consulted?.id ?? null,
      consultEpName: consulted?.name ?? null,
      childContactId: beat.childId ?? null,
      childContactType: beat.childId === undefined ? null : 'consult',
      destinationAgentId: toSeat?.agent.id ?? null,
      destinationAgentName: toSeat?.agent.name ?? null,
      destinationAgentPhoneNumber: destinationNumber(beat),
      destinationAgentSessionId: toSeat?.sessionId ?? null,
      destinationAgentChannelId: toSeat?.channelId ?? null,
      destinationAgentTeamId: toSeat?.agent.team.id ?? null,
      destinationAgentTeamName: toSeat?.agent.team.name ?? null,
      destinationQueueId: toQueue?.id ?? null,
      destinationQueueName: toQueue?.name ?? null,
      terminationReason: beat.reason ?? null,
      ivrScriptId: flow?.id ?? null,
      ivrScriptName: flow?.name ?? null,
      ivrScriptTagId: flow?.tag.id ?? null,
      ivrScriptTagName: flow?.tag.name ?? null,
      skillsAssignedIn: queue === undefined ? null : 'queue',
      emailHasAttachments: task.mail?.hasAttachments ?? null,
      bnrMode: null,
      contactAssignmentType: ASSIGNED.has(beat.kind) ? (task.plan.isManual ? 'manual' : 'routed') : null,
    }
  })
}

const IN_FLOW: ReadonlySet<BeatKind> = new Set<BeatKind>(['arrive', 'flow-node', 'self-service', 'self-service-done'])
const ASSIGNED: ReadonlySet<BeatKind> = new Set<BeatKind>(['offer', 'talk'])
const stateName = (beat: Beat | undefined) => (beat === undefined ? null : VENDOR_STEP[beat.kind].eventName)

/** Two rows of one event may share a millisecond; ids never do. */
function uniqueId(taken: Set<string>, wanted: string): string {
  let id = wanted
  for (let copy = 2; taken.has(id); copy++) id = `${wanted}-${copy}`
  taken.add(id)
  return id
}

/** Typed Long in the dictionary, so digits without the plus. */
function destinationNumber({ toNumber, toSeat }: Beat): number | null {
  const digits = toNumber ?? toSeat?.agent.phoneNumber.slice(1)
  return digits === undefined ? null : Number(digits)
}
