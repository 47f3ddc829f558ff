import { findStation } from './centre.ts'
import type { Centre } from './centre.ts'
import { consult, consultInVain } from './consult.ts'
import { consultEntryPoint, consultNumber, consultQueue } from './consult-elsewhere.ts'
import { planSecondTalk } from './contact-plan.ts'
import type { TalkPlan } from './contact-plan.ts'
import { isEntirelyFree, occupy, planStretch } from './floor.ts'
import type { Station } from './floor.ts'
import type { ServiceQueue } from './org.ts'
import { finish } from './parting.ts'
import type { Conversation } from './parting.ts'
import type { Leg, TaskScript } from './script.ts'
import { aside, engage, step } from './tell.ts'
import {
  transferToAbsentAgent,
  transferToAgent,
  transferToEntryPoint,
  transferToNumber,
  transferToQueue,
} from './transfers.ts'

export function converse(
  centre: Centre,
  task: TaskScript,
  station: Station,
  now: number,
  how: { readonly talk: TalkPlan; readonly queue?: ServiceQueue | undefined; readonly leg: Leg | null },
): void {
  const { talk, queue, leg } = how
  const { seat } = station
  const fact = engage(task, 'Agent', now, { agentId: station.live.agent.id, queueId: queue?.id })
  step(task, { kind: 'talk', start: now, end: null, seat, queue })
  occupy(centre.floor, station, now, { state: 'talking', task, queue })
  const conversation: Conversation = {
    centre,
    task,
    station,
    fact,
    queue,
    leg,
    talk,
    passTo: (colleague, at) =>
      converse(centre, task, colleague, at, { talk: planSecondTalk(task.random, 'telephony'), leg: null }),
  }
  if (task.channel === 'telephony' && !talk.isSudden) record(conversation, now)
  if (task.plan.isMonitored && task.monitoring === null && !talk.isSudden) monitor(conversation, now)
  if (talk.isSudden) task.kinds.add('sudden disconnect')
  centre.events.plan(planHolds(conversation, now) + talk.lastTalkMs, (at) => close(conversation, at))
}

/** Holds concern nobody but the two, so they are told ahead. @returns when the last talk begins */
function planHolds({ task, station, queue, talk }: Conversation, from: number): number {
  let at = from
  for (const { talkMs, holdMs } of talk.holds) {
    at += talkMs
    step(task, { kind: 'hold', start: at, end: null, seat: station.seat, queue })
    planStretch(station, at, { state: 'holding', task, queue })
    at += holdMs
    step(task, { kind: 'talk-again', start: at, end: null, seat: station.seat, queue })
    planStretch(station, at, { state: 'talking-again', task, queue })
  }
  if (talk.holds.length > 0) task.kinds.add(talk.holds.length > 1 ? 'several holds' : 'hold')
  if (talk.isLong) task.kinds.add('long and complex')
  return at
}

/** The first conversation is recorded, in short parts (seconds, so that a day's audio stays small); later ones only note the start. */
function record({ task, station, queue, talk }: Conversation, now: number): void {
  const { random } = task
  const startedAt = now + random.between(60, 400)
  aside(task, { kind: 'recording-start', start: startedAt, end: startedAt, seat: station.seat, queue })
  if (task.recordings.length > 0) return
  const parts = task.plan.recordedParts
  let start = startedAt
  for (let part = 0; part < parts; part++) {
    const stop = start + (parts === 2 ? random.between(2000, 3000) : random.between(2000, 4900))
    task.recordings.push({ start, stop, readyAt: null })
    start = stop + random.between(100, 600)
  }
  if (parts === 2) task.kinds.add('two recordings')
  if (!talk.isRecordingPaused) return
  // After the recorded parts, within the shortest talk there is.
  const pausedAt = start
  const resumedAt = pausedAt + random.between(1500, 3500)
  aside(task, { kind: 'recording-pause', start: pausedAt, end: resumedAt, seat: station.seat, queue })
  aside(task, { kind: 'recording-resume', start: resumedAt, end: resumedAt, seat: station.seat, queue })
  task.kinds.add('recording pause')
}

/** A supervisor listens in, or joins; counters tell of it, engagements do not (customer-journey-model §2.3-18). */
function monitor({ centre, task, station }: Conversation, now: number): void {
  const { random } = task
  const supervisor = random.pick(centre.pod.agents)
  if (supervisor === station.live.agent) return
  const kind = random.pickWeighted([
    [60, 'silent'],
    [25, 'midcall'],
    [30, 'barge-in'],
  ] as const)
  const start = now + random.between(1000, 5000)
  task.monitoring = { kind, supervisor, start, end: start + random.between(2000, 9000) }
  task.kinds.add(kind === 'barge-in' ? 'barged in' : 'monitored')
}

/** A target that nobody can take makes the conversation end in the ordinary way. */
function close(conversation: Conversation, now: number): void {
  const { task, talk } = conversation
  switch (talk.closing) {
    case 'customer leaves':
    case 'agent ends':
      return finish(conversation, now)
    case 'transfer to queue':
      return transferToQueue(conversation, now)
    case 'transfer to number':
      return transferToNumber(conversation, now)
    case 'transfer to agent': {
      const colleague = findColleague(conversation)
      return colleague === null ? finish(conversation, now) : transferToAgent(conversation, colleague, now)
    }
    case 'transfer to entry point':
      return task.bot === null ? transferToEntryPoint(conversation, now) : finish(conversation, now)
    case 'left during transfer':
    case 'blind transfer unanswered': {
      const colleague = findColleague(conversation)
      return colleague === null ? finish(conversation, now) : transferToAbsentAgent(conversation, colleague, now)
    }
    case 'consult to queue and come back':
    case 'consult to queue and transfer':
      return consultQueue(conversation, now)
    case 'consult to entry point':
    case 'consult to entry point unanswered':
      return consultEntryPoint(conversation, now)
    case 'consult to number':
      return consultNumber(conversation, now)
    case 'consult and transfer':
    case 'consult and come back':
    case 'consult unanswered':
    case 'conference': {
      const colleague = findColleague(conversation)
      if (colleague === null) return finish(conversation, now)
      task.kinds.add(talk.closing)
      return talk.closing === 'consult unanswered'
        ? consultInVain(conversation, colleague, now)
        : consult(conversation, colleague, talk.closing, now)
    }
  }
}

function findColleague({ centre, station }: Conversation): Station | null {
  return findStation(centre, 'telephony', (live) => live !== station.live && isEntirelyFree(live))
}
