import type { Connection } from '@wxcc/db/connections'
import { DAY_MS } from '@wxcc/contracts/window'

/** Days before the end of a refresh token at which somebody should hear of it. */
const LEVELS = [1, 7, 14, 30] as const
/** A life that the vendor counts down wobbles by a second with each answer; a level is left for good or not at all. */
const CLEAR_MS = 3_600_000

/**
 * The alarm level of a connection by the life its vendor returned: the days of the nearest level, 0 = lost, null = all is well. It climbs at once and
 * falls only when the life is clearly longer again.
 */
export function judgeConnection(
  connection: Pick<Connection, 'state' | 'endsAtMs' | 'alarmedDays'>,
  nowMs: number,
): number | null {
  const { state, endsAtMs, alarmedDays } = connection
  if (state === 'needs_consent') return 0
  if (endsAtMs === null) return null
  const leftMs = endsAtMs - nowMs
  const level = levelOf(leftMs)
  const isBetter = alarmedDays !== null && (level === null || level > alarmedDays)
  return isBetter && alarmedDays > 0 && leftMs < alarmedDays * DAY_MS + CLEAR_MS ? alarmedDays : level
}

function levelOf(leftMs: number): number | null {
  if (leftMs <= 0) return 0
  return LEVELS.find((days) => leftMs <= days * DAY_MS) ?? null
}
