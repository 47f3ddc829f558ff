import type { Json, RecordOf, RecordSource, World } from '../world.ts'
import type { Arrival } from './arrivals.ts'
import { shiftOf } from './calendar.ts'
import { MINUTE_MS } from './clock-units.ts'
import { renderConfiguration } from './configuration.ts'
import { SESSIONS_SETTLE_WITHIN_MS, createFrame } from './frame.ts'
import type { GeneratedWorldOptions } from './frame.ts'
import type { Agent } from './org.ts'
import { sourceOfLogins, taskSource } from './sources.ts'

/** An agent's day here: in, and a break every so often. */
const STATES_PER_LOGIN = 12
const SHORTEST_TASK_MS = 20_000
const TASK_SPREAD_MS = 15 * MINUTE_MS

interface ThinLogin {
  readonly id: string
  readonly startTime: number
  readonly endTime: number
  readonly agent: Agent
}

/**
 * As many tasks and sessions, at the same times, as {@link createGeneratedWorld} has, but nobody lives: a task is its times and one CAR, a session
 * one channel with a dozen AARs, and whatever else may be asked for is null. For those who count requests and records by the million and read none.
 */
export function createThinWorld(options: GeneratedWorldOptions): World {
  const frame = createFrame(options)
  const { seed, org, openingMs, watches, arrivals } = frame
  const configuration = renderConfiguration(org, openingMs)
  const loginsOf = (pod: (typeof org.pods)[number], watch: number): ThinLogin[] => {
    const idOf = arrivals.sessionIdOf(pod, watch)
    return pod.agents
      .flatMap((agent): ThinLogin[] => {
        const shift = shiftOf(seed, agent, watches, watch)
        if (shift === undefined || shift.fromMs < openingMs) return []
        return [{ id: idOf(agent.index, 0), startTime: shift.fromMs, endTime: shift.toMs, agent }]
      })
      .toSorted((a, b) => a.startTime - b.startTime)
  }
  return {
    orgId: org.id,
    history: { fromMs: openingMs, toMs: options.historyUntilMs },
    tasks: taskSource(frame, thinTask),
    agentSessions: sourceOfLogins(frame, { of: loginsOf, recordOf: thinSession }),
    taskLegs: NONE,
    captures: () => undefined,
    configuration: (entity) => configuration[entity] ?? [],
    events: () => [],
    truth: undefined,
  }
}

const NONE: RecordSource = { settlesWithinMs: SESSIONS_SETTLE_WITHIN_MS, scan: () => [], find: () => undefined }

function thinTask({ atMs }: Arrival, id: string, asOfMs: number): RecordOf {
  // Any number that depends on nothing but the task.
  const durationMs = SHORTEST_TASK_MS + ((atMs * 7919) % TASK_SPREAD_MS)
  const isActive = atMs + durationMs > asOfMs
  const endedTime = isActive ? -1 : atMs + durationMs
  const lastActivityTime = isActive ? atMs : endedTime
  const totalDuration = isActive ? -1 : durationMs
  const car = {
    id: `${id}-${atMs}-new`,
    eventName: 'new',
    isActive,
    createdTime: atMs,
    endedTime,
    duration: totalDuration,
    lastActivityTime,
  }
  return {
    id,
    status: isActive ? 'connected' : 'ended',
    isActive,
    channelType: 'telephony',
    createdTime: atMs,
    endedTime,
    lastActivityTime,
    totalDuration,
    activities: { nodes: [car] },
  }
}

function thinSession({ id, startTime, endTime: logoutMs, agent }: ThinLogin, asOfMs: number): RecordOf {
  const isActive = logoutMs > asOfMs
  const endTime = isActive ? -1 : logoutMs
  const stepMs = Math.ceil((logoutMs - startTime) / STATES_PER_LOGIN)
  const nodes: RecordOf[] = []
  for (let at = startTime; at < logoutMs && at <= asOfMs; at += stepMs) {
    const end = Math.min(at + stepMs, logoutMs)
    const isOpen = end > asOfMs
    nodes.push({
      id: `${id}-${at}`,
      state: nodes.length % 2 === 0 ? 'available' : 'idle',
      startTime: at,
      endTime: isOpen ? -1 : end,
      duration: isOpen ? -1 : end - at,
      isCurrentActivity: isOpen,
    })
  }
  const channelInfo: readonly { readonly [key: string]: Json }[] = [
    {
      channelId: `${id}-1`,
      channelType: 'telephony',
      currentState: isActive ? 'available' : 'logged-out',
      totalDuration: isActive ? -1 : logoutMs - startTime,
      lastActivityTime: nodes.length === 0 ? startTime : (nodes.at(-1)!['startTime'] as number),
      activities: { nodes },
    },
  ]
  return { agentSessionId: id, agentId: agent.id, isActive, startTime, endTime, channelInfo }
}
