import type { Stream } from '@wxcc/contracts/ledger'
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

/** Rows of a full page, and records one span brings at most, as the planner cuts them (SPAN_PAGES 8). */
const PAGE: Readonly<Record<Stream, number>> = { task: 250, agent_session: 250, task_leg: 500 }
const SPAN_RECORDS: Readonly<Record<Stream, number>> = { task: 2_000, agent_session: 500, task_leg: 4_000 }
/** Spans are no longer than 30 days. */
const SPAN_DAYS = 30
/** Each page of tasks or sessions is followed by one of their activities; legs have none. */
const REQUESTS_PER_PAGE: Readonly<Record<Stream, number>> = { task: 2, agent_session: 2, task_leg: 1 }
/** Until the source has records of its own to measure by. */
const USUAL: Readonly<Record<Stream, UnitCost>> = {
  task: { bytesPerRecord: 2_000, extraRequestsPerRecord: 0 },
  agent_session: { bytesPerRecord: 12_000, extraRequestsPerRecord: 0.1 },
  task_leg: { bytesPerRecord: 1_000, extraRequestsPerRecord: 0 },
}
const QUARTERS_A_DAY = 96

/**
 * What loading these days will take: one census a day, spans cut as the planner cuts them, and what the source's records took so far. Days are told as
 * the vendor counts them; within a day records are taken to be spread evenly over half of its quarter hours.
 */
export function forecastStream(stream: Stream, days: readonly CountedDay[], known: UnitCost | undefined): Forecast {
  const cost = known ?? USUAL[stream]
  const records = days.reduce((sum, day) => sum + day.count, 0)
  let pages = 0
  let open = { records: 0, days: 0 }
  const close = () => {
    if (open.records > 0) pages += Math.ceil(open.records / PAGE[stream])
    open = { records: 0, days: 0 }
  }
  for (const day of days) {
    const perWindow = day.count / (QUARTERS_A_DAY / 2)
    let left = day.count
    while (left > 0) {
      // A span ends with the last whole quarter hour that fits, half of one short on average.
      const room = Math.max(1, SPAN_RECORDS[stream] - perWindow / 2 - open.records)
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
