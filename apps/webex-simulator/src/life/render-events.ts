/** What a subscription would be told of a life: webex-cc-api §5.3. Times are when it happened, not when it was told. */
import type { RecordOf, WorldEvent } from '../world.ts'
import { customerOf } from './customer.ts'
import type { Agent } from './org.ts'
import type { Beat, BeatKind, SessionScript, TaskScript } from './script.ts'
import { vendorState } from './render-session.ts'

const EVENT_OF: Partial<Readonly<Record<BeatKind, string>>> = {
  arrive: 'task:new',
  offer: 'task:connect',
  talk: 'task:connected',
  wait: 'task:parked',
  hold: 'task:on-hold',
  'talk-again': 'task:hold-done',
  'with-colleague': 'task:consulting',
  'colleague-gone': 'task:consult-done',
  'three-way': 'task:conferencing',
  'three-way-over': 'task:conference-done',
}

/** Ascending. A courtesy callback tells `task:ended` twice: when the customer leaves the line, and at its end (webex-cc-api §5.3). */
export function eventsOfTask(seed: number, task: TaskScript): readonly WorldEvent[] {
  const customer = customerOf(seed, task)
  const dataOf = (beat: Beat): RecordOf => ({
    taskId: task.id,
    queueId: beat.queue?.id ?? null,
    channelType: task.channel,
    direction: task.isOutdial ? 'OUTBOUND' : 'INBOUND',
    origin: task.isOutdial ? task.entryPoint.address : customer.address,
    destination: task.isOutdial ? customer.address : task.entryPoint.address,
    outboundType: task.campaign?.type ?? (task.isOutdial ? 'OUTDIAL' : null),
    workflowManager: null,
    createdTime: beat.start,
  })
  const events: WorldEvent[] = []
  let captures = 0
  for (const beat of task.beats) {
    const type = EVENT_OF[beat.kind]
    if (type !== undefined) events.push({ time: beat.start, type, data: dataOf(beat) })
    if (beat.kind === 'opt-out')
      events.push(ended(beat, { ...dataOf(beat), terminatingParty: 'Customer', reason: 'System' }))
    // A callback that fails ends its contact without a step of its own for the end.
    if (beat.kind === 'callback-failed' && beat.end !== null)
      events.push({
        time: beat.end,
        type: 'task:ended',
        data: { ...dataOf(beat), terminatingParty: task.ending?.by ?? null, reason: task.ending?.reason ?? null },
      })
    if (beat.kind === 'end')
      events.push(
        ended(beat, { ...dataOf(beat), terminatingParty: task.ending?.by ?? null, reason: beat.reason ?? null }),
      )
    if (beat.kind === 'recording-ready')
      events.push({
        time: beat.start,
        type: 'capture:available',
        data: { taskId: task.id, createdTime: beat.start, captureIndex: captures++ },
      })
  }
  return events.toSorted((a, b) => a.time - b.time)
}

const ended = (beat: Beat, data: RecordOf): WorldEvent => ({ time: beat.start, type: 'task:ended', data })

const NAMES = ['agent:state_change', 'agent:channel_state_change', 'agent:channelType_state_change'] as const

/** Log-in, log-out and each change of a slot, ascending; state changes are told in the words of both versions. */
export function eventsOfSession({ agent, slots, startTime, endTime }: SessionScript): readonly WorldEvent[] {
  const events: WorldEvent[] = [{ time: startTime, type: 'agent:login', data: presence(agent, startTime) }]
  for (const slot of slots) {
    for (const { state, start, idleCode, wrapUpCode, task, queue } of slot.stretches) {
      const data: RecordOf = {
        ...presence(agent, start),
        currentState: vendorState(state),
        channelId: slot.channelId,
        channelType: slot.channel,
        queueId: queue?.id ?? null,
        taskId: task?.id ?? null,
        idleCodeId: idleCode?.id ?? null,
        wrapUpAuxCodeId: wrapUpCode?.id ?? null,
      }
      for (const type of NAMES) events.push({ time: start, type, data })
    }
  }
  if (endTime !== null) events.push({ time: endTime, type: 'agent:logout', data: presence(agent, endTime) })
  return events.toSorted((a, b) => a.time - b.time)
}

const presence = (agent: Agent, createdTime: number): RecordOf => ({
  agentId: agent.id,
  destination: agent.phoneNumber,
  teamId: agent.team.id,
  createdTime,
})
