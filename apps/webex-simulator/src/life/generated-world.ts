import type { AgentSessionRecord, TaskLegRecord, TaskRecord, World } from '../world.ts'
import { listedSource } from '../listed-source.ts'
import type { Listed } from '../listed-source.ts'
import { DAY_MS } from './calendar.ts'
import { captureEntry } from './captures/capture-entry.ts'
import { renderConfiguration } from './configuration.ts'
import { createLife } from './life.ts'
import { createOrg } from './org.ts'
import { renderLeg } from './render-leg.ts'
import { renderSession } from './render-session.ts'
import { renderTask } from './render-task.ts'
import type { SessionScript, TaskScript } from './script.ts'
import { createTruth } from './truth.ts'

export interface GeneratedWorldOptions {
  readonly seed: number
  readonly tasksPerDay: number
  readonly agents: number
  /** Days of history before `historyUntilMs`; the centre opens at their beginning. */
  readonly days: number
  /** Epoch ms. */
  readonly historyUntilMs: number
  readonly orgId?: string
  /** Share of recorded contacts whose files never appear, though `captureRequested` is true. @default 0 */
  readonly lostRecordings?: number
}

/**
 * A centre that lives as long as it is watched. The journey script is written first; records and truth are both read from it. Equal options give
 * equal records, byte for byte, whatever was asked before.
 */
export function createGeneratedWorld(options: GeneratedWorldOptions): World {
  const { seed, tasksPerDay, agents, historyUntilMs, lostRecordings = 0 } = options
  const fromMs = historyUntilMs - options.days * DAY_MS
  const org = createOrg(seed, agents, options.orgId)
  const life = createLife({ seed, org, tasksPerDay, lostRecordings, openingMs: fromMs })
  const settledTasks = new Map<TaskScript, TaskRecord>()
  const settledSessions = new Map<SessionScript, AgentSessionRecord>()
  const byId = new Map<string, TaskScript>()

  const liveUntil = (asOfMs: number) => {
    life.liveUntil(asOfMs)
    for (let at = byId.size; at < life.tasks.length; at++) byId.set(life.tasks[at]!.id, life.tasks[at]!)
  }
  const begun = (asOfMs: number) => {
    liveUntil(asOfMs)
    return life.tasks.filter((task) => task.createdTime <= asOfMs)
  }
  const capturesOf = (task: TaskScript, asOfMs: number) => captureEntry(seed, task, asOfMs)
  const configuration = renderConfiguration(org, fromMs)

  return {
    orgId: org.id,
    history: { fromMs, toMs: historyUntilMs },
    tasks: source((asOfMs) => {
      const records = begun(asOfMs).map((task) => {
        if (task.settledAt === null || task.settledAt > asOfMs) return renderTask(seed, org, task, asOfMs)
        return remember(settledTasks, task, () => renderTask(seed, org, task, asOfMs))
      })
      return records.map((record) => ({ id: record.id, time: record.createdTime, record }))
    }),
    agentSessions: source((asOfMs) => {
      life.liveUntil(asOfMs)
      const sessions = life.sessions.filter((session) => session.startTime <= asOfMs)
      const records = sessions.map((session) => {
        if (session.endTime === null || session.endTime > asOfMs) return renderSession(org, session, asOfMs)
        return remember(settledSessions, session, () => renderSession(org, session, asOfMs))
      })
      return records.map((record) => ({ id: record.agentSessionId, time: record.startTime, record }))
    }),
    taskLegs: source((asOfMs) => {
      const records = begun(asOfMs).flatMap((task) =>
        task.legs.filter((leg) => leg.start <= asOfMs).map((leg): TaskLegRecord => renderLeg(seed, task, leg, asOfMs)),
      )
      return records.map((record) => ({ id: record.id, time: record.createdTime, record }))
    }),
    captures(taskId, asOfMs) {
      liveUntil(asOfMs)
      const task = byId.get(taskId)
      return task === undefined || task.createdTime > asOfMs ? undefined : capturesOf(task, asOfMs)
    },
    configuration: (entity) => configuration[entity] ?? [],
    events: () => [],
    truth: createTruth(life, capturesOf),
  }
}

const source = (at: (asOfMs: number) => readonly Listed[]) =>
  listedSource({ at, settlesWithinMs: Number.POSITIVE_INFINITY })

function remember<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = known.get(key)
  if (value === undefined) {
    value = make()
    known.set(key, value)
  }
  return value
}
