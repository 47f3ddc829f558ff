import type { Json, TaskRecord } from '../world.ts'
import { customerOf } from './customer.ts'
import { globalVariablesOf } from './global-variables-of.ts'
import { measure } from './measures.ts'
import type { Org, ServiceQueue } from './org.ts'
import { beatsAt, isOpenAt, renderActivities } from './render-activities.ts'
import { callbackFields, campaignFields, lateFields, mailFields } from './render-extras.ts'
import { AS_DOCUMENTED } from './render-options.ts'
import type { RenderOptions } from './render-options.ts'
import type { Beat, Ending, Seat, TaskScript } from './script.ts'

/** A contact that ends sooner after it began is called short. */
const SHORT_CALL_MS = 5000

/** CSR with its CARs as the index shows them at this moment. */
export function renderTask(
  seed: number,
  org: Org,
  task: TaskScript,
  asOfMs: number,
  options: RenderOptions = AS_DOCUMENTED,
): TaskRecord {
  const beats = beatsAt(task, asOfMs)
  const isEnded = task.endedTime !== null && task.endedTime <= asOfMs
  const endedTime = isEnded ? task.endedTime! : -1
  const customer = customerOf(seed, task)
  const { entryPoint, isOutdial } = task
  return {
    id: task.id,
    status: statusOf(beats, isEnded),
    isActive: !isEnded,
    channelType: task.channel,
    channelSubType: task.subType,
    createdTime: task.createdTime,
    endedTime,
    lastActivityTime: lastActivityOf(task, beats, asOfMs, options),
    origin: isOutdial ? entryPoint.address : customer.address,
    destination: isOutdial ? customer.address : entryPoint.address,
    direction: isOutdial ? 'outbound' : 'inbound',
    isOutdial,
    contactReason: task.channel === 'chat' ? 'Website' : null,
    totalDuration: isEnded ? endedTime - task.createdTime : -1,
    customer: { name: customer.name, phoneNumber: customer.phoneNumber, email: customer.email },
    lastEntryPoint: { id: entryPoint.id, name: entryPoint.name },
    ...endingFields(isEnded ? task.ending : null, endedTime - task.createdTime),
    ...routeFields(task, beats, asOfMs, isEnded),
    transferEpDN:
      beats.find((beat) => beat.kind === 'send-away' && beat.toEntryPoint !== undefined)?.toEntryPoint?.address ?? null,
    ...flowFields(task, beats),
    ...measure(task, beats, asOfMs),
    ...callbackFields(task.callback, customer, asOfMs),
    ...campaignFields(task, isEnded),
    ...mailFields(task, customer, asOfMs),
    ...lateFields(task, asOfMs),
    captureRequested: beats.some((beat) => beat.kind === 'recording-start'),
    isRecordingDeleted: false,
    recordingLocation: null,
    recordingStereoBlobId: null,
    recordingFileSize: recordedBytes(task, asOfMs),
    postCallDuration: 0,
    globalVariables: globalVariablesOf(seed, task, asOfMs),
    activities: { nodes: renderActivities(org, task, beats, asOfMs, options) },
  }
}

/** When the index last had news of the contact. What is planned and lies ahead is no news. */
function lastActivityOf(task: TaskScript, beats: readonly Beat[], asOfMs: number, { lastActivity }: RenderOptions) {
  const until = lastActivity === 'until-ended' ? (task.endedTime ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
  let last = task.createdTime
  const note = (at: number) => {
    if (at > last && at <= asOfMs && at <= until) last = at
  }
  for (const beat of beats) {
    note(beat.start)
    if (beat.end !== null) note(beat.end)
  }
  for (const news of task.late) note(news.at)
  if (task.transcriptAt !== null) note(task.transcriptAt)
  return last
}

/** PCM, 16 bit, two channels, 8 kHz, with its header. */
function recordedBytes(task: TaskScript, asOfMs: number): number | null {
  let bytes: number | null = null
  for (const { start, stop, readyAt } of task.recordings)
    if (readyAt !== null && readyAt <= asOfMs) bytes = (bytes ?? 0) + 44 + (stop - start) * 32
  return bytes
}

function endingFields(ending: Ending | null, lengthMs: number) {
  const handleType = ending?.type === 'abandoned' ? 'abandoned' : lengthMs < SHORT_CALL_MS ? 'short' : 'normal'
  return {
    terminationType: ending?.type ?? null,
    terminatingEnd: ending?.by ?? null,
    terminationReason: ending?.reason ?? null,
    abandonedType: ending?.abandoned ?? null,
    contactHandleType: ending === null ? null : handleType,
    suddenDisconnectCount: ending?.type === 'sudden_disconnect' ? 1 : 0,
    agentHangupCount: ending?.by === 'Agent' ? 1 : 0,
  }
}

/** Queues, agents and places, and how well the first queue was served. */
function routeFields(task: TaskScript, beats: readonly Beat[], asOfMs: number, isEnded: boolean) {
  const { isOutdial, ending } = task
  const queues = task.legs.flatMap((leg) => (leg.start <= asOfMs && leg.queue !== null ? [leg.queue] : []))
  const lastQueue = queues.at(-1)
  const seats = distinctSeats(beats)
  const owner = seats.at(-1) ?? null
  const previous = seats.at(-2) ?? null
  const isHandled = owner !== null
  const wrapUp = beats.findLast((beat) => beat.kind === 'after-work' && !isOpenAt(beat, asOfMs))?.wrapUpCode
  const waitMs = firstWait(task, asOfMs)
  const serviceLevelMs = (queues[0]?.serviceLevelS ?? 0) * 1000
  const isManual = task.plan.isManual && isHandled
  const isShort = isEnded && task.endedTime! - task.createdTime < SHORT_CALL_MS
  const overflows = task.legs.filter((leg) => leg.handleType === 'overflow' && leg.end !== null && leg.end <= asOfMs)
  const skills = lastQueue === undefined ? null : [{ name: 'Topic', textValue: lastQueue.skill }]
  return {
    contactPriority: lastQueue === undefined ? null : 10,
    isContactHandled: isHandled,
    isContactOffered: !isOutdial && beats.some((beat) => beat.kind === 'offer'),
    isContactEscalatedToQueue: lastQueue !== undefined,
    isWithInServiceLevel: waitMs === null ? null : isHandled && waitMs <= serviceLevelMs,
    isWithinSLA: waitMs === null ? null : isHandled && waitMs <= serviceLevelMs,
    isOptOutOfQueue: task.callback?.type === 'Courtesy' && task.callback.requestedAt <= asOfMs,
    shortInIVRCount: isShort && ending?.abandoned === 'new' ? 1 : 0,
    shortInQueueCount: isShort && ending?.abandoned === 'queue' ? 1 : 0,
    abandonedSlCount: isEnded && ending?.abandoned === 'queue' && waitMs !== null && waitMs <= serviceLevelMs ? 1 : 0,
    callCompletedCount: isEnded && isHandled ? 1 : 0,
    ivrEndedCount: isEnded && !isOutdial && lastQueue === undefined ? 1 : 0,
    firstQueueId: queues[0]?.id ?? null,
    firstQueueName: queues[0]?.name ?? null,
    lastQueue: {
      id: lastQueue?.id ?? null,
      name: lastQueue?.name ?? null,
      duration: lastQueue === undefined ? 0 : waitedIn(lastQueue, beats, asOfMs),
    },
    previousQueue: { id: queues.at(-2)?.id ?? null, name: queues.at(-2)?.name ?? null },
    lastSite: { id: owner?.agent.team.site.id ?? null, name: owner?.agent.team.site.name ?? null },
    lastTeam: { id: owner?.agent.team.id ?? null, name: owner?.agent.team.name ?? null },
    lastAgent: agentInfo(owner),
    owner: agentInfo(owner),
    previousAgentId: previous?.agent.id ?? null,
    previousAgentSessionId: previous?.sessionId ?? null,
    previousAgentName: previous?.agent.name ?? null,
    preferredAgentSystemId: task.preferredAgent?.id ?? null,
    preferredAgentName: task.preferredAgent?.name ?? null,
    isHandledByPreferredAgent: task.preferredAgent === null ? null : owner?.agent === task.preferredAgent,
    lastWrapUpCodeId: wrapUp?.id ?? null,
    lastWrapupCodeName: wrapUp?.name ?? null,
    routingType: lastQueue === undefined ? null : 'longestAvailable',
    requiredSkills: skills,
    matchedSkills: isHandled ? skills : null,
    matchedSkillsProfile: isHandled && skills !== null ? `${owner.agent.skills.join(' and ')} profile` : null,
    skillsAssignedIn: lastQueue === undefined ? null : 'queue',
    manualAssignCount: isManual ? 1 : 0,
    queueCount: queues.length,
    overflowCount: overflows.length,
  }
}

function flowFields({ isOutdial, entryPoint: { flow }, bot, createdTime }: TaskScript, beats: readonly Beat[]) {
  const firstLeft = beats.find(({ kind }) => !BESIDE_THE_FLOW.has(kind))
  const names = beats.flatMap((beat) => beat.node?.name ?? [])
  return {
    ivrScriptId: isOutdial ? null : flow.id,
    ivrScriptName: isOutdial ? null : flow.name,
    ivrScriptTagId: isOutdial ? null : flow.tag.id,
    ivrScriptTagName: isOutdial ? null : flow.tag.name,
    flowActivityName: names.at(-1) ?? null,
    flowActivitySequence: names.length === 0 ? null : names.join(','),
    botName: bot,
    selfserviceCount: isOutdial ? 0 : 1,
    selfserviceDuration: isOutdial || firstLeft === undefined ? 0 : firstLeft.start - createdTime,
  }
}

/** Steps during which the contact has not left the flow. */
const BESIDE_THE_FLOW: ReadonlySet<Beat['kind']> = new Set<Beat['kind']>([
  'arrive',
  'flow-node',
  'self-service',
  'self-service-done',
  // In a queue they come after the wait that they fill.
  'treatment',
  'treatment-done',
  'recording-ready',
])

const waitedIn = (queue: ServiceQueue, beats: readonly Beat[], asOfMs: number) =>
  beats.reduce(
    (total, beat) =>
      beat.kind === 'wait' && beat.queue === queue && !isOpenAt(beat, asOfMs) ? total + beat.end! - beat.start : total,
    0,
  )

function statusOf(beats: readonly Beat[], isEnded: boolean): string {
  if (isEnded) return 'ended'
  const last = beats.at(-1)?.kind
  if (last === 'wait' || last === 'treatment' || last === 'opt-out') return 'parked'
  if (beats.some((beat) => beat.kind === 'talk')) return 'connected'
  return beats.some((beat) => beat.kind === 'offer') ? 'created' : 'new'
}

/** Who had the customer, in order; one who had them twice running counts once. */
function distinctSeats(beats: readonly Beat[]): Seat[] {
  const seats: Seat[] = []
  for (const { kind, seat } of beats)
    if (kind === 'talk' && seat !== undefined && seat.agent !== seats.at(-1)?.agent) seats.push(seat)
  return seats
}

function agentInfo(seat: Seat | null): Json {
  return {
    id: seat?.agent.id ?? null,
    name: seat?.agent.name ?? null,
    signInId: seat?.agent.login ?? null,
    sessionId: seat?.sessionId ?? null,
    phoneNumber: seat?.agent.phoneNumber ?? null,
    channelId: seat?.channelId ?? null,
  }
}

/** Wait in the first queue, ringing included; null while it lasts or where there was none. */
function firstWait(task: TaskScript, asOfMs: number): number | null {
  const leg = task.legs.find((candidate) => candidate.queue !== null)
  const until = leg?.connectedAt ?? leg?.end ?? null
  return leg === undefined || until === null || until > asOfMs ? null : until - leg.start
}
