/** A world of recorded answers: a folder of JSON lines, shown unchanged from the moment each record was created. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ceilToQuarter, floorToQuarter } from '../clock.ts'
import { errorCode } from '../json.ts'
import { listedSource } from '../listed-source.ts'
import type { Listed } from '../listed-source.ts'
import type { AgentSessionRecord, RecordOf, RecordSource, TaskLegRecord, TaskRecord, World } from '../world.ts'
import { readCaptures } from './capture-files.ts'
import { DatasetError, readLines } from './read-lines.ts'
import type { Line } from './read-lines.ts'
import { configurationSchema, legSchema, sessionSchema, taskSchema } from './record-schemas.ts'

const DEFAULT_ORG_ID = '5d0a7a52-2f0e-4a5c-8d7e-7a1f00c0ffee'

export interface DatasetWorld {
  readonly world: World
  /** Just after the last thing any record tells of, epoch ms: where a dataset's clock starts. */
  readonly afterLastMs: number
}

function unique<T>(lines: readonly Line<T>[], idOf: (record: T) => string): readonly T[] {
  const seen = new Set<string>()
  return lines.map(({ value, where }) => {
    if (seen.has(idOf(value))) throw new DatasetError(`${where}: a second record with the same id`)
    seen.add(idOf(value))
    return value
  })
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const TIMES = ['createdTime', 'endedTime', 'lastActivityTime', 'startTime', 'endTime'] as const

function latest(records: readonly RecordOf[]): number {
  return records.reduce((newest, record) => {
    const times = TIMES.map((name) => record[name]).filter((value) => typeof value === 'number')
    return Math.max(newest, ...times)
  }, Number.NEGATIVE_INFINITY)
}

function span(starts: readonly number[]): World['history'] {
  if (starts.length === 0) return { fromMs: 0, toMs: 0 }
  const { oldest, newest } = starts.reduce(
    (found, start) => ({ oldest: Math.min(found.oldest, start), newest: Math.max(found.newest, start) }),
    { oldest: Number.POSITIVE_INFINITY, newest: Number.NEGATIVE_INFINITY },
  )
  return { fromMs: floorToQuarter(oldest), toMs: ceilToQuarter(newest + 1) }
}

async function readConfiguration(folder: string): Promise<Readonly<Record<string, readonly RecordOf[]>>> {
  const text = await readFile(join(folder, 'configuration.json'), 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return '{}'
    throw error
  })
  try {
    return configurationSchema.parse(JSON.parse(text))
  } catch {
    throw new DatasetError('configuration.json: must be an object of lists by entity, each item with an id')
  }
}

/** Shown unchanged from the moment each record begins; nobody knows how long after that its times were written. */
function sourceOf(records: readonly Listed[]): RecordSource {
  return listedSource({
    at: (asOfMs) => records.filter(({ time }) => time <= asOfMs),
    settlesWithinMs: Number.POSITIVE_INFINITY,
  })
}

/** Loads a dataset folder. @throws DatasetError naming file and line */
export async function openDataset(folder: string, orgId = DEFAULT_ORG_ID): Promise<DatasetWorld> {
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory()) throw new DatasetError('no such folder')

  const tasks: readonly TaskRecord[] = unique(
    await readLines(folder, 'tasks.jsonl', taskSchema),
    (task) => task.id,
  ).toSorted((a, b) => a.createdTime - b.createdTime || byText(a.id, b.id))
  const sessions: readonly AgentSessionRecord[] = unique(
    await readLines(folder, 'agent-sessions.jsonl', sessionSchema),
    (session) => session.agentSessionId,
  ).toSorted((a, b) => byText(a.agentSessionId, b.agentSessionId))
  const legs: readonly TaskLegRecord[] = unique(
    await readLines(folder, 'task-legs.jsonl', legSchema),
    (leg) => leg.id,
  ).toSorted((a, b) => a.createdTime - b.createdTime || byText(a.id, b.id))
  const captures = await readCaptures(folder)
  const configuration = await readConfiguration(folder)

  const inside = [
    ...tasks.flatMap((task) => task.activities.nodes),
    ...sessions.flatMap((session) => session.channelInfo.flatMap((channel) => channel.activities.nodes)),
  ]
  const starts = [...tasks, ...legs]
    .map((record) => record.createdTime)
    .concat(sessions.map((session) => session.startTime))
  const last = latest([...tasks, ...sessions, ...legs, ...inside])
  const created = new Map(tasks.map((task) => [task.id, task.createdTime]))
  const world: World = {
    orgId,
    history: span(starts),
    tasks: sourceOf(tasks.map((record) => ({ id: record.id, time: record.createdTime, record }))),
    agentSessions: sourceOf(sessions.map((record) => ({ id: record.agentSessionId, time: record.startTime, record }))),
    taskLegs: sourceOf(legs.map((record) => ({ id: record.id, time: record.createdTime, record }))),
    captures: (taskId, asOfMs) => ((created.get(taskId) ?? 0) <= asOfMs ? captures.get(taskId) : undefined),
    configuration: (entity) => configuration[entity] ?? [],
    events: () => [],
    truth: undefined,
  }
  return { world, afterLastMs: Number.isFinite(last) ? last + 1 : 0 }
}
