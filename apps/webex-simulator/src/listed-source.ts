import type { RecordOf, RecordSource, SeenRecord } from './world.ts'

/** A record as a list keeps it. */
export interface Listed {
  readonly id: string
  readonly time: number
  readonly record: RecordOf
}

interface ListedSourceOptions {
  /** All that are visible at the moment, in any order. */
  readonly at: (asOfMs: number) => readonly Listed[]
  readonly settlesWithinMs: number
}

const CHUNK = 1000
/** An index that knows each record a little later asks about a handful of moments at once. */
const MOMENTS = 20

interface Shown {
  /** By time, then id. */
  readonly rows: readonly SeenRecord[]
  readonly byId: ReadonlyMap<string, SeenRecord>
}

/** A source over records that are all in memory. Sorted once per moment. */
export function listedSource({ at, settlesWithinMs }: ListedSourceOptions): RecordSource {
  const kept = new Map<number, Shown>()
  const shownAt = (asOfMs: number): Shown => {
    const known = kept.get(asOfMs)
    if (known !== undefined) return known
    const rows = at(asOfMs)
      .map(({ id, time, record }): SeenRecord => ({ id, time, record: () => record }))
      .toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1))
    const shown = { rows, byId: new Map(rows.map((row) => [row.id, row])) }
    const [oldest] = kept.keys()
    if (kept.size >= MOMENTS && oldest !== undefined) kept.delete(oldest)
    kept.set(asOfMs, shown)
    return shown
  }
  return {
    settlesWithinMs,
    *scan({ fromMs, toMs }, asOfMs, order) {
      const inside = shownAt(asOfMs).rows.filter(({ time }) => time >= fromMs && time < toMs)
      if (order === 'newest-first') inside.reverse()
      for (let start = 0; start < inside.length; start += CHUNK) yield inside.slice(start, start + CHUNK)
    },
    find: (id, asOfMs) => shownAt(asOfMs).byId.get(id),
  }
}
