/**
 * The cursor of nested activities is the creation time, in epoch ms, of the last row that came, newest first (webex-cc-api §3.6 [SMP]). Rows that
 * share this millisecond could be skipped by the next page; so it is asked for from one millisecond later, and rows that come twice are told
 * apart by id.
 *
 * `previousAfter` is what was asked with last time: when re-reading brought nothing new, the cursor is taken as it is. A cursor that is not a
 * whole number is opaque and passed on unchanged.
 */
export function nextInnerCursor(endCursor: string, previousAfter: string | null): string {
  if (!/^\d{1,15}$/.test(endCursor)) return endCursor
  const careful = String(Number(endCursor) + 1)
  return careful === previousAfter ? endCursor : careful
}
