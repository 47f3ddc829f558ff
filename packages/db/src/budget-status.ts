import { type RequestRate, allowedPerMinute, paceOf } from '@wxcc/contracts/request-rate'
import { sql } from 'kysely'
import type { Database } from './connect.ts'
import { readRates } from './request-rate.ts'

/** What the request budget of one client id is doing. */
export interface BudgetStatus {
  /** Keys of the sources that share it. */
  readonly sources: readonly string[]
  /** Requests per minute that can be kept up, at this moment: what is sent at once after a pause comes on top. */
  readonly perMinute: number
  /** What the vendor grants. */
  readonly limitPerMinute: number
  /** Below the vendor's limit because it answered 429; rises again by itself. */
  readonly isSlowed: boolean
  /** The vendor's Retry-After: nobody asks before. Null when it is open. */
  readonly closedUntil: Date | null
  /** Sent per minute over the last five. */
  readonly sentPerMinute: number
  /** Estimated requests of work that was handed out, and of work that is not. */
  readonly requestsUnderWay: number
  readonly requestsWaiting: number
  /** Of `perMinute`, what the censuses and change passes that keep coming leave. */
  readonly drainPerMinute: number
  /** When all of it will have been asked at `drainPerMinute`; null when there is none. */
  readonly drainedAt: Date | null
  /** Work waits although requests are sent nearly as fast as they may: more workers will not help. */
  readonly isTheLimit: boolean
}

/** So much of the rate in use, over minutes, is all of it: tokens are not taken to the last one by work that comes and goes. */
const IN_USE_SHARE = 0.75
const OBSERVED_MINUTES = 5
/** Censuses and change passes come once in so many minutes, whatever the traffic. Spans and captures are the traffic itself. */
const CYCLE_MINUTES = 15
/** However much comes, this part of the rate is taken to work off what waits: the floors of the lanes see to that. */
const LEAST_DRAIN_SHARE = 0.1

interface Figures {
  readonly clientId: string
  readonly sources: readonly string[]
  readonly sent: number
  readonly underWay: number
  readonly waiting: number
  readonly arrived: number
}

/** One line per client id that serves a source. */
export async function readBudgets(db: Database, nowMs: number): Promise<BudgetStatus[]> {
  const rates = await readRates(db)
  const { rows } = await sql<Figures>`
    select k.client_id as "clientId", array_agg(distinct s.data_source_key order by s.data_source_key) as sources,
           coalesce(sum(f.sent), 0)::bigint as sent, coalesce(sum(f.under_way), 0)::bigint as "underWay", coalesce(sum(f.waiting), 0)::bigint as waiting,
           coalesce(sum(f.arrived), 0)::bigint as arrived
    from etl.credential k join etl.data_source s using (credential_id)
    left join lateral (
      select sum(actual_requests) filter (where coalesce(fetched_at, finished_at) > ${new Date(nowMs - OBSERVED_MINUTES * 60_000)}) as sent,
             sum(estimated_requests) filter (where state in ('queued','running')) as under_way,
             sum(estimated_requests) filter (where state = 'pending' and s.state = 'active' and k.state = 'active') as waiting,
             sum(estimated_requests) filter (where f.created_at > ${new Date(nowMs - CYCLE_MINUTES * 60_000)} and lane = 'live' and (kind = 'census' or reason = 'change')) as arrived
      from etl.fetch f where f.data_source_id = s.data_source_id
        and (f.state in ('pending','queued','running') or coalesce(f.fetched_at, f.finished_at) > ${new Date(nowMs - OBSERVED_MINUTES * 60_000)}
          or f.created_at > ${new Date(nowMs - CYCLE_MINUTES * 60_000)})) f on true
    group by 1 order by 2`.execute(db)
  return rows.map((row) => statusOf(row, rates.get(row.clientId)!, nowMs))
}

function statusOf(figures: Figures, rate: RequestRate, nowMs: number): BudgetStatus {
  const allowed = allowedPerMinute(rate, nowMs)
  const perMinute = paceOf(allowed).steadyPerMinute
  const isClosed = rate.closedUntilMs !== null && rate.closedUntilMs > nowMs
  const sentPerMinute = Math.round(figures.sent / OBSERVED_MINUTES)
  const outstanding = figures.underWay + figures.waiting
  const drainPerMinute = Math.max(perMinute - figures.arrived / CYCLE_MINUTES, perMinute * LEAST_DRAIN_SHARE)
  const beginMs = isClosed ? rate.closedUntilMs : nowMs
  return {
    sources: figures.sources,
    perMinute,
    limitPerMinute: rate.limitPerMinute,
    isSlowed: allowed < rate.limitPerMinute * rate.share,
    closedUntil: isClosed ? new Date(rate.closedUntilMs) : null,
    sentPerMinute,
    requestsUnderWay: figures.underWay,
    requestsWaiting: figures.waiting,
    drainPerMinute,
    drainedAt: outstanding === 0 ? null : new Date(beginMs + (outstanding / drainPerMinute) * 60_000),
    isTheLimit: isClosed || (figures.waiting > 0 && sentPerMinute >= perMinute * IN_USE_SHARE),
  }
}
