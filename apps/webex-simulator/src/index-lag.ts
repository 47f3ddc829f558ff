/** How much later the index knows of anything (`SIM_INDEX_LAG_SECONDS`); drawn once for each record. */
export interface IndexLag {
  readonly leastMs: number
  readonly mostMs: number
}

/** So many different delays occur at most: records that share one can be looked at together. */
const STEPS = 16

/** FNV-1a: spreads ids evenly and needs no state. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/** Delay of one record, ms; the same whenever it is asked for. */
export function lagOf(id: string, { leastMs, mostMs }: IndexLag): number {
  if (mostMs <= leastMs) return leastMs
  return leastMs + Math.round(((hashOf(id) % STEPS) / (STEPS - 1)) * (mostMs - leastMs))
}
