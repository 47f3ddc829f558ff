import type { Stream } from '@wxcc/contracts/ledger'
import { PAGE_RECORDS, REQUESTS_PER_PAGE, extraRequestsPerSession, recordsPerSpan } from '@wxcc/contracts/span-size'
import { DAY_MS } from '@wxcc/contracts/window'
import type { UnitCost } from '@wxcc/db/history'

/** What the vendor counted of one stream on one UTC day. */
export interface CountedDay {
  readonly dayStartMs: number
  readonly count: number
}

export interface Forecast {
  readonly records: number
  readonly requests: number
  readonly byteSize: number
}

/** As the planner cuts them, unless its SPAN_PAGES say otherwise. */
const SPAN_PAGES = 8
/** Spans are no longer than 30 days. */
const SPAN_DAYS = 30
const USUAL_BYTES: Readonly<Record<Stream, number>> = { task: 2_000, agent_session: 12_000, task_leg: 1_000 }
const QUARTERS_A_DAY = 96

/** What a record costs until the source has records of its own to measure by; agents with many contacts each have long sessions. */
export function usualCost(stream: Stream, counted: { readonly tasks: number; readonly sessions: number }): UnitCost {
  return {
    bytesPerRecord: USUAL_BYTES[stream],
    extraRequestsPerRecord: stream === 'agent_session' ? extraRequestsPerSession(counted) : 0,
  }
}

/**
 * What loading these days will take: one census a day, spans cut as the planner cuts them, and what its records take. Days are told as
 * the vendor counts them; within a day records are taken to be spread evenly over half of its quarter hours.
 */
export function forecastStream(stream: Stream, days: readonly CountedDay[], cost: UnitCost): Forecast {
  const spanRecords = recordsPerSpan(stream, SPAN_PAGES, cost.extraRequestsPerRecord)
  const records = days.reduce((sum, day) => sum + day.count, 0)
  let pages = 0
  let open = { records: 0, days: 0 }
  const close = () => {
    if (open.records > 0) pages += Math.ceil(open.records / PAGE_RECORDS[stream])
    open = { records: 0, days: 0 }
  }
  for (const day of days) {
    const perWindow = day.count / (QUARTERS_A_DAY / 2)
    let left = day.count
    while (left > 0) {
      // A span ends with the last whole quarter hour that fits, half of one short on average.
      const room = Math.max(1, spanRecords - perWindow / 2 - open.records)
      const taken = Math.min(left, room)
      open = { records: open.records + taken, days: open.days }
      left -= taken
      if (left > 0) close()
    }
    open = { ...open, days: open.days + 1 }
    if (open.days >= SPAN_DAYS) close()
  }
  close()
  return {
    records,
    requests: days.length + pages * REQUESTS_PER_PAGE[stream] + Math.ceil(records * cost.extraRequestsPerRecord),
    byteSize: Math.round(records * cost.bytesPerRecord),
  }
}

/** Every UTC day of `[fromMs, toMs)`, those the vendor left out with zero. */
export function everyDay(
  range: { readonly fromMs: number; readonly toMs: number },
  counted: readonly CountedDay[],
): CountedDay[] {
  const counts = new Map(counted.map((day) => [day.dayStartMs, day.count]))
  const days: CountedDay[] = []
  for (let dayStartMs = Math.floor(range.fromMs / DAY_MS) * DAY_MS; dayStartMs < range.toMs; dayStartMs += DAY_MS)
    days.push({ dayStartMs, count: counts.get(dayStartMs) ?? 0 })
  return days
}
