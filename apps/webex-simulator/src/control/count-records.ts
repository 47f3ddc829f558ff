import { setImmediate } from 'node:timers/promises'
import type { RecordSource, Span, World } from '../world.ts'

export interface RecordCounts {
  readonly tasks: number | null
  readonly agentSessions: number | null
  readonly taskLegs: number | null
}

const UNCOUNTED: RecordCounts = { tasks: null, agentSessions: null, taskLegs: null }
const EVER: Span = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }

/** How many rows a source shows, or undefined when there are more than `most`. Lets others have a turn between chunks. */
export async function countUpTo(
  source: RecordSource,
  asOfMs: number,
  most: number,
  span: Span = EVER,
): Promise<number | undefined> {
  let count = 0
  for (const chunk of source.scan(span, asOfMs, 'oldest-first')) {
    count += chunk.length
    if (count > most) return undefined
    await setImmediate()
  }
  return count
}

/**
 * Records of a world at a moment. Tasks are known without making them, sessions and legs are not: so above `most` tasks nothing is counted.
 */
export async function countRecords(world: World, asOfMs: number, most: number): Promise<RecordCounts> {
  const tasks = await countUpTo(world.tasks, asOfMs, most)
  if (tasks === undefined) return UNCOUNTED
  const every = Number.POSITIVE_INFINITY
  return {
    tasks,
    agentSessions: (await countUpTo(world.agentSessions, asOfMs, every)) ?? null,
    taskLegs: (await countUpTo(world.taskLegs, asOfMs, every)) ?? null,
  }
}
