import { type RequestRate, allowedPerMinute, paceOf } from '@wxcc/contracts/request-rate'
import { DAY_MS } from '@wxcc/contracts/window'
import { type RawBuilder, sql } from 'kysely'
import type { Database } from './connect.ts'
import { drainRate, keptUpShare } from './drain.ts'
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
  /**
   * Of `perMinute`, what a quarter hour like the newest leaves; less where work lay waiting though the budget was not used up: as fast as the workers were
   * of late.
   */
  readonly drainPerMinute: number
  /** When all of it will have been asked at `drainPerMinute`, and the captures of the tasks it brings; null when there is none. */
  readonly drainedAt: Date | null
  /** Work waits although requests are sent nearly as fast as they may: more workers will not help. */
  readonly isTheLimit: boolean
  /** Work lay waiting for a quarter of an hour although the budget was not used up: there are too few workers, or they are too slow. */
  readonly areWorkersTheLimit: boolean
}

/** So much of the rate in use, over minutes, is all of it: tokens are not taken to the last one by work that comes and goes. */
const IN_USE_SHARE = 0.75
const OBSERVED_MINUTES = 5
/** Censuses, change passes and a new quarter hour come once in so many minutes. */
const CYCLE_MINUTES = 15
/** One quarter hour that began later than this is closed, settled (5 minutes) and counted: traffic as it is now, not as it was in a spike. */
const NEWEST_MINUTES = 35
/** As many tasks are listed by one request. */
const TASKS_PER_LISTING = 10

interface Figures {
  readonly clientId: string
  readonly sources: readonly string[]
  /** Requests of fetches that ended in the last minutes, and in the last cycle. */
  readonly sent: number
  readonly sentInCycle: number
  readonly underWay: number
  readonly waiting: number
  /** Of both, what could have been sent since the cycle began. What a vendor leaves without answers does not wait for workers. */
  readonly leftLying: number
  /** Of the censuses and change passes of the last cycle, and the spans of its quarter hour. */
  readonly coming: number
  /** Tasks with captures nobody has planned to ask for: of those that were not read yet, as many as of those that were. */
  readonly unlisted: number
  /** Tasks with captures of the newest quarter hour that was counted. */
  readonly newest: number
}

/** One line per client id that serves a source. */
export async function readBudgets(db: Database, nowMs: number): Promise<BudgetStatus[]> {
  const rates = await readRates(db)
  const observedFrom = new Date(nowMs - OBSERVED_MINUTES * 60_000)
  const cycleFrom = new Date(nowMs - CYCLE_MINUTES * 60_000)
  const newestFrom = new Date(nowMs - NEWEST_MINUTES * 60_000)
  const dayFrom = new Date(nowMs - DAY_MS)
  const { rows } = await sql<Figures>`
    select k.client_id as "clientId", array_agg(distinct s.data_source_key order by s.data_source_key) as sources,
           ${total('f.sent')} as sent, ${total('f.sent_in_cycle')} as "sentInCycle", ${total('f.under_way')} as "underWay",
           ${total('f.waiting')} as waiting, coalesce(sum(f.left_lying) filter (where not f.is_ailing), 0)::float8 as "leftLying", ${total('f.coming')} as coming, ${total('u.unlisted')} as unlisted,
           ${total('u.newest')} as newest
    from etl.credential k join etl.data_source s using (credential_id)
    left join lateral (
      select sum(actual_requests) filter (where ended_at > ${observedFrom}) as sent,
             sum(actual_requests) filter (where ended_at > ${cycleFrom}) as sent_in_cycle,
             sum(estimated_requests) filter (where state in ('queued','running')) as under_way,
             sum(estimated_requests) filter (where state = 'pending' and is_open) as waiting,
             sum(estimated_requests) filter (where state in ('queued','running') and due_at <= ${cycleFrom} or state = 'pending' and is_open and due_at <= ${cycleFrom}) as left_lying,
             coalesce(bool_or(attempts > 0 and last_code in ('vendor_timeout','vendor_unavailable')) filter (where state in ('pending','queued','running')), false) as is_ailing,
             sum(case when state in ('pending','queued','running') then estimated_requests else actual_requests end)
               filter (where created_at > ${cycleFrom} and lane = 'live'
                 and (kind = 'census' or reason = 'change' or kind = 'span' and range_start > ${newestFrom})) as coming
      from (
        select *, coalesce(fetched_at, finished_at) as ended_at, coalesce(not_before, created_at) as due_at,
          s.state = 'active' and k.state = 'active' and not (s.is_history_paused and lane = 'history') as is_open
        from etl.fetch) f
      where f.data_source_id = s.data_source_id
        and (f.state in ('pending','queued','running') or f.ended_at > ${cycleFrom} or f.created_at > ${cycleFrom})) f on true
    left join lateral (
      select unread * share + unlisted as unlisted, newest * share as newest
      from (select *, coalesce(least(1, with_captures / nullif(stored, 0)::float8), 0) as share from (
        select coalesce(sum(expected) filter (where state = 'planned'), 0)::float8 as unread, sum(stored) as stored,
               coalesce(sum(expected) filter (where window_start > ${newestFrom}), 0)::float8 as newest
        from etl.load_window w where w.data_source_id = s.data_source_id and w.stream = 'task' and w.window_start > ${dayFrom}) w,
        (select count(distinct task_id) as with_captures, count(distinct task_id) filter (where state = 'expected' and fetch_id is null) as unlisted
        from etl.capture c where c.data_source_id = s.data_source_id and c.conversation_start_time > ${dayFrom}) c) t) u on true
    group by 1 order by 2`.execute(db)
  return rows.map((row) => statusOf(row, rates.get(row.clientId)!, nowMs))
}

function total(figure: string): RawBuilder<number> {
  return sql`coalesce(sum(${sql.ref(figure)}), 0)::float8`
}

function statusOf(figures: Figures, rate: RequestRate, nowMs: number): BudgetStatus {
  const allowed = allowedPerMinute(rate, nowMs)
  const perMinute = paceOf(allowed).steadyPerMinute
  const isClosed = rate.closedUntilMs !== null && rate.closedUntilMs > nowMs
  const sentPerMinute = Math.round(figures.sent / OBSERVED_MINUTES)
  const outstanding = figures.underWay + figures.waiting
  const toCome = figures.unlisted / TASKS_PER_LISTING
  const observed = {
    allowedPerMinute: perMinute,
    sent: figures.sentInCycle,
    leftLying: figures.leftLying,
    comingPerMinute: (figures.coming + figures.newest / TASKS_PER_LISTING) / CYCLE_MINUTES,
    observedMinutes: CYCLE_MINUTES,
  }
  const drainPerMinute = drainRate(observed)
  const isTheLimit = isClosed || (figures.waiting > 0 && sentPerMinute >= perMinute * IN_USE_SHARE)
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
    drainedAt: outstanding === 0 ? null : new Date(beginMs + ((outstanding + toCome) / drainPerMinute) * 60_000),
    isTheLimit,
    areWorkersTheLimit: !isTheLimit && keptUpShare(observed) < IN_USE_SHARE,
  }
}
