import { floorToQuarter, QUARTER_MS } from '../clock.ts'

export interface CountedWindow {
  readonly stream: 'task' | 'agent_session' | 'task_leg'
  /** Half-open `[fromMs, toMs)`, epoch ms, aligned to 15 minutes UTC. */
  readonly fromMs: number
  readonly toMs: number
  readonly count: number
}

/** Counts per quarter hour, oldest first; quarters in which nothing began are left out. */
export function countWindows(stream: CountedWindow['stream'], starts: readonly number[]): readonly CountedWindow[] {
  const counts = new Map<number, number>()
  for (const start of starts) {
    const fromMs = floorToQuarter(start)
    counts.set(fromMs, (counts.get(fromMs) ?? 0) + 1)
  }
  return [...counts]
    .toSorted(([a], [b]) => a - b)
    .map(([fromMs, count]) => ({ stream, fromMs, toMs: fromMs + QUARTER_MS, count }))
}
