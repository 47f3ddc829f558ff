/** What decides between two copies of a leg. */
export interface LegAge {
  readonly lastActivityMs: number
  readonly isActive: boolean
  /** Hash of the content. */
  readonly rowHash: Buffer | null
}

/**
 * The later `lastActivityTime` wins, then the leg that has ended. What is left is told apart by content, so that the same copies in any order, and
 * from whatever fetch, leave the same row.
 */
export function isNewerLeg(copy: LegAge, held: LegAge | undefined): boolean {
  if (held === undefined || held.rowHash === null) return true
  if (copy.lastActivityMs !== held.lastActivityMs) return copy.lastActivityMs > held.lastActivityMs
  if (copy.isActive !== held.isActive) return held.isActive
  return copy.rowHash !== null && Buffer.compare(copy.rowHash, held.rowHash) > 0
}
