import { setImmediate } from 'node:timers/promises'
import { floorToQuarter, QUARTER_MS } from '../clock.ts'
import type { SeenRecord } from '../world.ts'

export interface CountedWindow {
  readonly stream: 'task' | 'agent_session' | 'task_leg'
  /** Half-open `[fromMs, toMs)`, epoch ms, aligned to 15 minutes UTC. */
  readonly fromMs: number
  readonly toMs: number
  readonly count: number
}

/** Counts per quarter hour, oldest first; quarters in which nothing began are left out. Lets others have a turn between chunks. */
export async function countWindows(
  stream: CountedWindow['stream'],
  chunks: Iterable<readonly SeenRecord[]>,
): Promise<readonly CountedWindow[]> {
  const counts = new Map<number, number>()
  for (const chunk of chunks) {
    for (const { time } of chunk) {
      const fromMs = floorToQuarter(time)
      counts.set(fromMs, (counts.get(fromMs) ?? 0) + 1)
    }
    await setImmediate()
  }
  return [...counts]
    .toSorted(([a], [b]) => a - b)
    .map(([fromMs, count]) => ({ stream, fromMs, toMs: fromMs + QUARTER_MS, count }))
}
