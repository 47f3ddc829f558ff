import { tellLateNews } from './late-news.ts'
import { writeMessages } from './messages.ts'
import type { Beat, EngagementFact, Ending, Leg, MenuPhase, Seat, TaskScript } from './script.ts'
import type { Named, ServiceQueue } from './org.ts'

/** Verbs that write the journey script. Each writes the beat and, where an engagement begins or ends, the fact. */

/** What a contact begins with. */
export type Beginning = Pick<
  TaskScript,
  | 'id'
  | 'key'
  | 'createdTime'
  | 'entryPoint'
  | 'plan'
  | 'random'
  | 'customerKey'
  | 'subType'
  | 'mail'
  | 'bot'
  | 'campaign'
  | 'preferredAgent'
>

export function beginTask(beginning: Beginning): TaskScript {
  return {
    ...beginning,
    channel: beginning.plan.channel,
    isOutdial: beginning.plan.isOutdial,
    kinds: new Set(),
    beats: [],
    track: null,
    facts: [],
    recordings: [],
    messages: [],
    legs: [],
    late: [],
    callback: null,
    monitoring: null,
    transcriptAt: null,
    endedTime: null,
    ending: null,
    settledAt: null,
  }
}

/** The customer's next step: ends the one before. */
export function step(task: TaskScript, beat: Beat): Beat {
  if (task.track !== null) task.track.end = beat.start
  task.track = beat
  task.beats.push(beat)
  return beat
}

/** Something beside the customer's own time: recording, consult, after-work, flow nodes. */
export function aside(task: TaskScript, beat: Beat): Beat {
  task.beats.push(beat)
  return beat
}

/** Takes back a wait that found its agent within the same millisecond. */
export function forgetStep(task: TaskScript, beat: Beat): void {
  task.beats.splice(task.beats.lastIndexOf(beat), 1)
  task.track = null
}

export function engage(
  task: TaskScript,
  type: EngagementFact['type'],
  startTime: number,
  who: {
    readonly agentId?: string
    readonly queueId?: string | undefined
    readonly endTime?: number
    readonly result?: 'missed' | 'rejected' | 'failed'
    readonly menuPhase?: MenuPhase
    readonly isKnownWhenOver?: boolean
  } = {},
): EngagementFact {
  const fact: EngagementFact = {
    type,
    agentId: who.agentId ?? null,
    queueId: who.queueId ?? null,
    startTime,
    endTime: who.endTime ?? null,
    invitationResult: who.result ?? null,
    isAnswered: null,
    menuPhase: who.menuPhase ?? null,
    leftTime: null,
    afterWorkMs: null,
    isKnownWhenOver: who.isKnownWhenOver ?? type === 'Invitation',
  }
  task.facts.push(fact)
  return fact
}

/** @param start a millisecond after the agent left (webex-cc-api §7.1-6) @returns end of the after-work, epoch ms */
export function afterWork(
  task: TaskScript,
  seat: Seat,
  queue: ServiceQueue | undefined,
  start: number,
  wrapUpCode: Named,
  fact: EngagementFact | null,
): number {
  const medianMs = task.channel === 'telephony' ? 40_000 : 25_000
  const end = start + Math.max(1500, task.random.lognormalMs(medianMs, 0.6))
  aside(task, { kind: 'after-work', start, end, seat, queue, wrapUpCode })
  if (fact !== null) {
    fact.endTime = end
    fact.afterWorkMs = end - start
  }
  return end
}

export function beginLeg(task: TaskScript, start: number, queue: ServiceQueue | null): Leg {
  const leg: Leg = {
    start,
    queue,
    connectedAt: null,
    end: null,
    seat: null,
    handleType: 'normal',
    toQueue: null,
    toSeat: null,
  }
  task.legs.push(leg)
  return leg
}

/** The contact is over. Recordings, transcript, scores and survey appear later; afterwards nothing changes any more. */
export function endTask(task: TaskScript, at: number, ending: Ending): void {
  step(task, { kind: 'end', start: at, end: at, reason: ending.reason })
  closeTask(task, at, ending)
}

/** As {@link endTask}, for a contact whose last step says itself that it is over. */
export function closeTask(task: TaskScript, at: number, ending: Ending): void {
  const { random } = task
  task.endedTime = at
  task.ending = ending
  for (const leg of task.legs) leg.end ??= at
  let readyAt = at
  for (const part of task.plan.isRecordingLost ? [] : task.recordings) {
    readyAt += random.between(3000, 12_000)
    part.readyAt = readyAt
    aside(task, { kind: 'recording-ready', start: readyAt, end: readyAt })
  }
  if (task.channel !== 'telephony') writeMessages(task, at)
  if (task.plan.hasLateFlowNode && !task.isOutdial) {
    const late = at + random.between(200, 1500)
    aside(task, {
      kind: 'flow-node',
      start: late,
      end: late,
      node: { type: 'disconnect-contact', name: 'DisconnectContact_end' },
    })
  }
  tellLateNews(task, at)
  task.settledAt = Math.max(
    at,
    task.transcriptAt ?? at,
    task.late.at(-1)?.at ?? at,
    ...task.beats.map((beat) => beat.end ?? beat.start),
  )
}

/** Where the flow begins: a Menu, or the virtual agent in its place (ruling 35). */
export const beginMenu = (task: TaskScript, at: number, menuPhase: MenuPhase = 'entry'): EngagementFact =>
  task.bot === null ? engage(task, 'Menu', at, { menuPhase }) : engage(task, 'Bot', at)

/** The flow's nodes while the contact is in self-service, evenly spread. */
export function tellFlow(task: TaskScript, from: number, durationMs: number): void {
  const kinds = ['play-message', 'menu', 'set-variable', 'http-request']
  for (let at = 0; at < task.plan.menuNodes; at++) {
    const start = from + Math.floor((durationMs * (at + 1)) / (task.plan.menuNodes + 2))
    const type = kinds[at % kinds.length]!
    aside(task, { kind: 'flow-node', start, end: start, node: { type, name: `${type}_${at + 1}` } })
  }
  if (task.bot !== null) task.kinds.add('bot')
  if (task.plan.menuStyle !== 'older rows') return
  // Older flows tell of their self-service by rows of its own, which end the `new`.
  task.kinds.add('older menu rows')
  const connectedAt = from + Math.floor(durationMs / 3)
  step(task, { kind: 'self-service', start: connectedAt, end: null })
  if (task.plan.hasTreatmentInQueue) {
    task.kinds.add('treatment in menu')
    const announcedAt = from + Math.floor((durationMs * 2) / 3)
    step(task, { kind: 'treatment', start: announcedAt, end: null })
    aside(task, { kind: 'treatment-done', start: from + durationMs - 20, end: from + durationMs })
  }
  aside(task, { kind: 'self-service-done', start: from + durationMs, end: from + durationMs })
}
