import type { TaskLegRecord } from '../world.ts'
import { customerOf } from './customer.ts'
import type { Leg, Seat, TaskScript } from './script.ts'

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

/** CLR: one stay in a queue with the agent who took it. */
export function renderLeg(seed: number, task: TaskScript, leg: Leg, asOfMs: number): TaskLegRecord {
  const isEnded = leg.end !== null && leg.end <= asOfMs
  const isConnected = leg.connectedAt !== null && leg.connectedAt <= asOfMs
  const seat = isConnected ? leg.seat : null
  const customer = customerOf(seed, task)
  const ending = isEnded && leg.end === task.endedTime ? task.ending : null
  const waitMs = isConnected ? leg.connectedAt! - leg.start : isEnded ? leg.end! - leg.start : null
  const slaS = leg.queue?.serviceLevelS ?? null
  return {
    id: `${task.id}-callLeg-${leg.start}`,
    taskId: task.id,
    createdTime: leg.start,
    endedTime: isEnded ? leg.end! : -1,
    lastActivityTime: isEnded ? leg.end! : isConnected ? leg.connectedAt! : leg.start,
    isActive: !isEnded,
    status: isEnded ? 'ended' : isConnected ? 'connected' : 'parked',
    contactState: isEnded ? 'ended' : isConnected ? 'connected' : 'parked',
    channelType: task.channel,
    channelSubType: null,
    origin: task.isOutdial ? task.entryPoint.address : customer.address,
    destination: task.isOutdial ? customer.address : task.entryPoint.address,
    direction: task.isOutdial ? 'outbound' : 'inbound',
    isOutdial: task.isOutdial,
    entryPoint: named(task.entryPoint),
    queue: { ...named(leg.queue), duration: leg.queue === null ? 0 : (waitMs ?? -1) },
    owner: agentOf(seat),
    site: named(seat?.agent.team.site),
    team: named(seat?.agent.team),
    nextDestination: {
      agent: agentOf(isEnded ? leg.toSeat : null),
      team: named(isEnded ? leg.toSeat?.agent.team : null),
      queue: named(isEnded ? leg.toQueue : null),
    },
    queuedTo: leg.queue === null ? null : 'Queue',
    handleType: isEnded ? leg.handleType : 'connect',
    isTaskLegHandled: isConnected,
    isWithinServiceLevel: waitMs === null || slaS === null ? null : isConnected && waitMs <= slaS * 1000,
    slaValue: slaS === null ? null : String(slaS),
    terminatingEnd: ending?.by ?? null,
    terminationReason: ending?.reason ?? null,
    abandonedType: ending?.abandoned ?? null,
    customer: { name: customer.name, phoneNumber: customer.phoneNumber, email: customer.email },
  }
}
