import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Demo } from './start-demo.ts'

const POLL_MS = 2_000

/** Says a line for every further quarter hour that is proved, until the signal aborts. */
export async function followLiveEdge(
  demo: Demo,
  options: { readonly say: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  let saidUntil = new Date(demo.range.toMs)
  while (!options.signal.aborted) {
    for (const window of await provedSince(demo, saidUntil)) {
      options.say(
        `${window.window_start.toISOString().slice(11, 16)} verified: ${window.tasks} tasks, ${window.sessions} log-ins`,
      )
      saidUntil = new Date(window.window_start.getTime() + 1)
    }
    await sleep(POLL_MS, undefined, { signal: options.signal }).catch(() => {})
  }
}

/** Quarter hours from here on whose two streams are both proved, oldest first. */
async function provedSince(
  demo: Demo,
  since: Date,
): Promise<{ window_start: Date; tasks: number; sessions: number }[]> {
  const { rows } = await sql<{ window_start: Date; tasks: number; sessions: number }>`
    select window_start, max(stored) filter (where stream = 'task') as tasks, max(stored) filter (where stream = 'agent_session') as sessions
    from etl.load_window where window_start >= ${since}
    group by 1 having bool_and(state in ('verified','sealed')) order by 1`.execute(demo.db)
  return rows
}
