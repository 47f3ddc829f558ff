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

/** A source over records that are all in memory. Sorted once per moment. */
export function listedSource({ at, settlesWithinMs }: ListedSourceOptions): RecordSource {
  let kept: { readonly asOfMs: number; readonly rows: readonly SeenRecord[] } | undefined
  const rowsAt = (asOfMs: number) => {
    if (kept?.asOfMs === asOfMs) return kept.rows
    const rows = at(asOfMs)
      .map(({ id, time, record }): SeenRecord => ({ id, time, record: () => record }))
      .toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1))
    kept = { asOfMs, rows }
    return rows
  }
  return {
    settlesWithinMs,
    *scan({ fromMs, toMs }, asOfMs, order) {
      const inside = rowsAt(asOfMs).filter(({ time }) => time >= fromMs && time < toMs)
      if (order === 'newest-first') inside.reverse()
      for (let start = 0; start < inside.length; start += CHUNK) yield inside.slice(start, start + CHUNK)
    },
    find: (id, asOfMs) => rowsAt(asOfMs).find((row) => row.id === id),
  }
}
