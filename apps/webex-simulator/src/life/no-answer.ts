import { idleCode, release, rest } from './centre.ts'
import type { Centre } from './centre.ts'
import { occupy } from './floor.ts'
import type { Station } from './floor.ts'
import type { ServiceQueue } from './org.ts'
import type { TaskScript } from './script.ts'

/** RONA timer of the multimedia profile: an offer rings so long, then it was missed. */
export const RONA_TIMEOUT_MS = 18_000

/** The agent did not react: "not responding", then idle with code RONA until the agent comes back (webex-cc-api §7.4). */
export function goAbsent(
  centre: Centre,
  task: TaskScript,
  station: Station,
  queue: ServiceQueue | undefined,
  now: number,
): void {
  const absentMs = task.random.between(2000, 9000)
  rest(centre, station.live, now, idleCode(centre, 'RONA'), absentMs + task.random.between(15_000, 120_000))
  occupy(centre.floor, station, now, { state: 'not-responding', task, queue })
  centre.events.plan(now + absentMs, (at) => release(centre, station, at))
}
