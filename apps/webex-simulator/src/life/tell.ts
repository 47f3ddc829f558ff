import { writeChat } from './chat-script.ts'
import type { Beat, EngagementFact, Ending, Leg, Seat, TaskScript } from './script.ts'
import type { ContactPlan } from './contact-plan.ts'
import type { EntryPoint, Named, ServiceQueue } from './org.ts'
import type { Random } from './random.ts'

/** Verbs that write the journey script. Each writes the beat and, where an engagement begins or ends, the fact. */

export function beginTask(
  id: string,
  key: string,
  createdTime: number,
  entryPoint: EntryPoint,
  plan: ContactPlan,
  random: Random,
): TaskScript {
  return {
    id,
    key,
    createdTime,
    entryPoint,
    plan,
    random,
    channel: plan.channel,
    isOutdial: plan.isOutdial,
    kinds: new Set(),
    beats: [],
    track: null,
    facts: [],
    recordings: [],
    messages: [],
    legs: [],
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
  const medianMs = task.channel === 'chat' ? 25_000 : 40_000
  const end = start + Math.max(1500, task.random.lognormalMs(medianMs, 0.6))
  aside(task, { kind: 'after-work', start, end, seat, queue, wrapUpCode })
  if (fact !== null) fact.endTime = end
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

/** The contact is over. Recordings and transcript appear later; afterwards nothing changes any more. */
export function endTask(task: TaskScript, at: number, ending: Ending): void {
  const { random } = task
  step(task, { kind: 'end', start: at, end: at, reason: ending.reason })
  task.endedTime = at
  task.ending = ending
  for (const leg of task.legs) leg.end ??= at
  let readyAt = at
  for (const part of task.plan.isRecordingLost ? [] : task.recordings) {
    readyAt += random.between(3000, 12_000)
    part.readyAt = readyAt
    aside(task, { kind: 'recording-ready', start: readyAt, end: readyAt })
  }
  if (task.channel === 'chat') {
    writeChat(task, at)
    const isLate = random.chance(0.12)
    task.transcriptAt = at + (isLate ? random.between(300_000, 900_000) : random.between(4000, 20_000))
    task.kinds.add(isLate ? 'chat with late transcript' : 'chat with transcript')
  }
  if (task.plan.hasLateFlowNode && !task.isOutdial) {
    const late = at + random.between(200, 1500)
    aside(task, {
      kind: 'flow-node',
      start: late,
      end: late,
      node: { type: 'disconnect-contact', name: 'DisconnectContact_end' },
    })
  }
  task.settledAt = Math.max(at, task.transcriptAt ?? at, ...task.beats.map((beat) => beat.end ?? beat.start))
}

/** The flow's nodes while the contact is in self-service, evenly spread. */
export function tellFlow(task: TaskScript, from: number, durationMs: number): void {
  const kinds = ['play-message', 'menu', 'set-variable', 'http-request']
  for (let at = 0; at < task.plan.menuNodes; at++) {
    const start = from + Math.floor((durationMs * (at + 1)) / (task.plan.menuNodes + 2))
    const type = kinds[at % kinds.length]!
    aside(task, { kind: 'flow-node', start, end: start, node: { type, name: `${type}_${at + 1}` } })
  }
}
