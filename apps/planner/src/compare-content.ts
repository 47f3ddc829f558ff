import type { DayFigures } from '@wxcc/db/planning/long-watch'

/**
 * `moving`: what differs may be on its way, since a record is open or was touched shortly before the census: the change pass brings it.
 * `different`: the vendor holds something else than we do.
 */
export type Content = 'same' | 'moving' | 'different'

/** Change passes run every quarter hour and take minutes; what was touched earlier than this before a census should be here. */
const MOTION_MS = 60 * 60_000

/** Compares the checksum of a stretch of time with what the vendor said at `expectedAtMs`. What is not known on one side is not compared. */
export function compareContent(
  expected: DayFigures & { readonly atMs: number },
  stored: DayFigures & { readonly openRecords: number },
): Content {
  const isSame =
    isSameValue(expected.durationMs, stored.durationMs) && isSameValue(expected.activityMs, stored.activityMs)
  if (isSame) return 'same'
  // The duration of an open task grows, and the vendor does not say how it counts.
  if (stored.openRecords > 0) return 'moving'
  const touchedMs = Math.max(expected.activityMs ?? 0, stored.activityMs ?? 0)
  return touchedMs > expected.atMs - MOTION_MS ? 'moving' : 'different'
}

/** Aggregations are floats, and a public sample prints one as a float of four bytes would (webex-cc-api §3.7: 1.3572571E8). */
export function isSameValue(expected: number | null, stored: number | null): boolean {
  return expected === null || stored === null || expected === stored || expected === Math.fround(stored)
}
