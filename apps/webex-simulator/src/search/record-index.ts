import type { RecordOf } from '../world.ts'

export type RecordTime = 'createdTime' | 'endedTime' | 'startTime'

/** Records of one root at one moment, found by time without a scan. */
export interface RecordIndex {
  readonly records: readonly RecordOf[]
  /** Records whose timestamp lies in `[fromMs, toMs)`, ascending by that timestamp. Open ends (-1) are never found. */
  between(time: RecordTime, fromMs: number, toMs: number): readonly RecordOf[]
}

function firstAtOrAfter(times: ArrayLike<number>, fromMs: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) < fromMs) low = middle + 1
    else high = middle
  }
  return low
}

/** Sorted copies are made at first use of a timestamp: most moments are asked by `createdTime` alone, which worlds deliver sorted. */
export function indexRecords(records: readonly RecordOf[]): RecordIndex {
  const byTime = new Map<RecordTime, { readonly rows: readonly RecordOf[]; readonly times: Float64Array }>()
  const sortedBy = (time: RecordTime) => {
    const known = byTime.get(time)
    if (known !== undefined) return known
    const timeOf = (record: RecordOf) => Number(record[time])
    const isSorted = records.every(
      (record, position) => position === 0 || timeOf(records[position - 1]!) <= timeOf(record),
    )
    const rows = isSorted ? records : records.toSorted((a, b) => timeOf(a) - timeOf(b))
    const sorted = { rows, times: Float64Array.from(rows, timeOf) }
    byTime.set(time, sorted)
    return sorted
  }
  return {
    records,
    between(time, fromMs, toMs) {
      const { rows, times } = sortedBy(time)
      return rows.slice(firstAtOrAfter(times, Math.max(fromMs, 0)), firstAtOrAfter(times, toMs))
    },
  }
}
