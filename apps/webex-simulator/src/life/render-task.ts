import type { Json, TaskRecord } from '../world.ts'
import { customerOf } from './customer.ts'
import { measure } from './measures.ts'
import type { Org } from './org.ts'
import { randomFor } from './random.ts'
import { beatsAt, isOpenAt, renderActivities } from './render-activities.ts'
import type { Beat, Seat, TaskScript } from './script.ts'

/** A contact that ends sooner after it began is called short. */
const SHORT_CALL_MS = 5000

/** CSR with its CARs as the index shows them at this moment. */
export function renderTask(seed: number, org: Org, task: TaskScript, asOfMs: number): TaskRecord {
  const beats = beatsAt(task, asOfMs)
  const isEnded = task.endedTime !== null && task.endedTime <= asOfMs
  const endedTime = isEnded ? task.endedTime! : -1
  const ending = isEnded ? task.ending : null
  const { counters, waitedIn } = measure(beats, asOfMs)
  const queues = task.legs.filter((leg) => leg.start <= asOfMs && leg.queue !== null).map((leg) => leg.queue!)
  const lastQueue = queues.at(-1)
  const previousQueue = queues.at(-2)
  const seats = distinctSeats(beats.filter((beat) => beat.kind === 'talk'))
  const owner = seats.at(-1) ?? null
  const previous = seats.at(-2) ?? null
  const firstLeft = beats.find(
    (beat) => beat.kind !== 'arrive' && beat.kind !== 'flow-node' && beat.kind !== 'recording-ready',
  )
  const wrapUp = beats.findLast((beat) => beat.kind === 'after-work' && !isOpenAt(beat, asOfMs))?.wrapUpCode
  const isHandled = seats.length > 0
  const customer = customerOf(seed, task)
  const variables = globalVariablesOf(seed, task)
  const waitMs = firstWait(task, asOfMs)
  const serviceLevelMs = (queues[0]?.serviceLevelS ?? 0) * 1000
  const { entryPoint, isOutdial } = task
  return {
    id: task.id,
    status: statusOf(beats, isEnded),
    isActive: !isEnded,
    channelType: task.channel,
    channelSubType: null,
    createdTime: task.createdTime,
    endedTime,
    lastActivityTime: beats.reduce(
      (last, beat) => Math.max(last, isOpenAt(beat, asOfMs) ? beat.start : beat.end!),
      task.createdTime,
    ),
    origin: isOutdial ? entryPoint.address : customer.address,
    destination: isOutdial ? customer.address : entryPoint.address,
    direction: isOutdial ? 'outbound' : 'inbound',
    isOutdial,
    outdialType: isOutdial ? 'OUTDIAL' : null,
    contactReason: null,
    contactPriority: lastQueue === undefined ? null : 10,
    totalDuration: isEnded ? endedTime - task.createdTime : -1,
    customer: { name: customer.name, phoneNumber: customer.phoneNumber, email: customer.email },
    terminationType: ending?.type ?? null,
    terminatingEnd: ending?.by ?? null,
    terminationReason: ending?.reason ?? null,
    abandonedType: ending?.abandoned ?? null,
    contactHandleType:
      ending === null
        ? null
        : ending.type === 'abandoned'
          ? 'abandoned'
          : endedTime - task.createdTime < SHORT_CALL_MS
            ? 'short'
            : 'normal',
    isContactHandled: isHandled,
    isContactOffered: !isOutdial && beats.some((beat) => beat.kind === 'offer'),
    isContactEscalatedToQueue: lastQueue !== undefined,
    isWithInServiceLevel: waitMs === null ? null : isHandled && waitMs <= serviceLevelMs,
    isOptOutOfQueue: false,
    suddenDisconnectCount: 0,
    shortInIVRCount: ending?.abandoned === 'new' && endedTime - task.createdTime < SHORT_CALL_MS ? 1 : 0,
    abandonedSlCount: ending?.abandoned === 'queue' && waitMs !== null && waitMs <= serviceLevelMs ? 1 : 0,
    agentHangupCount: ending?.by === 'Agent' ? 1 : 0,
    callCompletedCount: isEnded && isHandled ? 1 : 0,
    ivrEndedCount: isEnded && !isOutdial && lastQueue === undefined ? 1 : 0,
    lastEntryPoint: { id: entryPoint.id, name: entryPoint.name },
    firstQueueId: queues[0]?.id ?? null,
    firstQueueName: queues[0]?.name ?? null,
    lastQueue: {
      id: lastQueue?.id ?? null,
      name: lastQueue?.name ?? null,
      duration: lastQueue === undefined ? 0 : waitedIn(lastQueue.id),
    },
    previousQueue: { id: previousQueue?.id ?? null, name: previousQueue?.name ?? null },
    lastSite: { id: owner?.agent.team.site.id ?? null, name: owner?.agent.team.site.name ?? null },
    lastTeam: { id: owner?.agent.team.id ?? null, name: owner?.agent.team.name ?? null },
    lastAgent: agentInfo(owner),
    owner: agentInfo(owner),
    previousAgentId: previous?.agent.id ?? null,
    previousAgentSessionId: previous?.sessionId ?? null,
    previousAgentName: previous?.agent.name ?? null,
    lastWrapUpCodeId: wrapUp?.id ?? null,
    lastWrapupCodeName: wrapUp?.name ?? null,
    routingType: lastQueue === undefined ? null : 'longestAvailable',
    ivrScriptId: isOutdial ? null : entryPoint.flow.id,
    ivrScriptName: isOutdial ? null : entryPoint.flow.name,
    ivrScriptTagId: isOutdial ? null : entryPoint.flow.tag.id,
    ivrScriptTagName: isOutdial ? null : entryPoint.flow.tag.name,
    flowActivityName: beats.findLast((beat) => beat.kind === 'flow-node')?.node?.name ?? null,
    flowActivitySequence: beats.flatMap((beat) => beat.node?.name ?? []).join(',') || null,
    botName: null,
    requiredSkills: lastQueue === undefined ? null : [{ name: 'Topic', textValue: lastQueue.skill }],
    selfserviceCount: isOutdial ? 0 : 1,
    selfserviceDuration: isOutdial || firstLeft === undefined ? 0 : firstLeft.start - task.createdTime,
    queueCount: queues.length,
    overflowCount: task.legs.filter((leg) => leg.handleType === 'overflow' && leg.end !== null && leg.end <= asOfMs)
      .length,
    ...counters,
    isCallback: false,
    isCampaign: false,
    captureRequested: beats.some((beat) => beat.kind === 'recording-start'),
    isTranscriptionAvailable: task.transcriptAt !== null && task.transcriptAt <= asOfMs ? true : null,
    isMonitored: false,
    isBarged: false,
    csatScore: 0,
    autoCsat: null,
    channelMetaData: {
      email: null,
      chat: task.channel === 'chat' ? { chatReason: 'Website' } : null,
      inBoundTranscript: null,
      outBoundTranscript: null,
    },
    globalVariables: variables,
    activities: { nodes: renderActivities(org, task, beats, asOfMs) },
  }
}

function statusOf(beats: readonly Beat[], isEnded: boolean): string {
  if (isEnded) return 'ended'
  if (beats.at(-1)?.kind === 'wait') return 'parked'
  return beats.some((beat) => beat.kind === 'talk')
    ? 'connected'
    : beats.some((beat) => beat.kind === 'offer')
      ? 'created'
      : 'new'
}

function distinctSeats(talks: readonly Beat[]): Seat[] {
  const seats: Seat[] = []
  for (const { seat } of talks) if (seat !== undefined && seat.agent !== seats.at(-1)?.agent) seats.push(seat)
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

function globalVariablesOf(seed: number, task: TaskScript) {
  const random = randomFor(seed, 'variables', task.key)
  return {
    Language: random.pickWeighted([
      [70, 'en-US'],
      [20, 'es-US'],
      [10, 'fr-CA'],
    ]),
    CustomerSegment: random.pickWeighted([
      [60, 'Standard'],
      [30, 'Plus'],
      [10, 'Business'],
    ]),
    MenuAttempts: task.plan.menuNodes,
    IsReturningCustomer: random.chance(0.4),
  }
}
