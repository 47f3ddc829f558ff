const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Waits between listings of a capture that is not there yet. Recordings appear within minutes, transcripts within hours, some never. */
const WAITS_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS] as const

/** How long to wait after this many empty listings; null: long enough, the capture is not available. */
export function nextListingDelayMs(emptyListings: number): number | null {
  return WAITS_MS[emptyListings - 1] ?? null
}
