import type { FetchKind, Lane, Stream } from '@wxcc/contracts/ledger'
import { sql } from 'kysely'
import type { PlannerTransaction } from './planner-transaction.ts'

/** A fetch that moved to `queued`; its job is enqueued after commit. */
export interface Admitted {
  readonly fetchId: number
  readonly generation: number
  readonly dataSourceId: number
  readonly kind: FetchKind
  readonly stream: Stream | null
  readonly lane: Lane
  readonly fromMs: number | null
  readonly toMs: number | null
}

/** A configuration that cannot be read does not hold up the records for ever. */
const CONFIGURATION_ATTEMPTS = 3

/**
 * pending → queued for as much as the request budget can pay, in one statement.
 *
 * Per client id (it may serve several credentials and sources) at most `cap` requests, estimated, are under way of a lane and those above it:
 * lanes fill it in the order live, repair, history, audio, and history that is under way already takes nothing from a live quarter hour, which
 * passes it at the tokens. Within a lane the sources take turns, oldest row first. What a lane may always have under way,
 * however full the rest is, is `laneFloor` requests and never less than one fetch, so that no lane starves.
 * Sources that are not active and credentials that need consent get nothing, nor does the history of a source whose history is paused. Spans of a new source wait for its first configuration, which decides
 * rows (service levels of queues, addresses of agents): what is mapped before it and after it would differ.
 * A source whose last requests ended without an answer (time-outs, 5xx) has one fetch under way at a time until they come through, so that
 * it cannot hold the slots of the others.
 */
export async function admitFetches(
  tx: PlannerTransaction,
  asked: {
    readonly nowMs: number
    /** Requests each client id may have under way; one that is not named has none. */
    readonly caps: readonly { readonly clientId: string; readonly cap: number }[]
    readonly laneFloor: number
  },
): Promise<Admitted[]> {
  const now = new Date(asked.nowMs)
  const { rows } = await sql<Admitted>`
    with client as (
      select "clientId" as client_id, cap from json_to_recordset(${JSON.stringify(asked.caps)}::json) as c("clientId" text, cap float8)),
    source as (
      select s.data_source_id, k.client_id, s.state = 'active' and k.state = 'active' as is_open, s.is_history_paused,
        exists (select from etl.fetch f where f.data_source_id = s.data_source_id and f.kind = 'configuration'
            and f.state in ('pending','queued','running') and f.attempts < ${CONFIGURATION_ATTEMPTS})
          and not exists (select from etl.fetch f where f.data_source_id = s.data_source_id and f.kind = 'configuration'
            and f.state in ('done','failed')) as awaits_configuration,
        exists (select from etl.fetch f where f.data_source_id = s.data_source_id and f.state in ('pending','queued','running')
          and f.attempts > 0 and f.last_code in ('vendor_timeout','vendor_unavailable')) as is_ailing,
        (select count(*) from etl.fetch f where f.data_source_id = s.data_source_id and f.state in ('queued','running')) as fetches
      from etl.data_source s join etl.credential k using (credential_id)),
    lane as (select * from (values ('live',1),('repair',2),('history',3),('audio',4)) as l(lane, rank)),
    under_way as (
      select s.client_id, l.lane, l.rank, sum(f.estimated_requests) as requests
      from etl.fetch f join source s using (data_source_id) join lane l using (lane)
      where f.state in ('queued','running') group by 1, 2, 3),
    due as (
      select s.client_id, s.data_source_id, l.lane, l.rank, f.fetch_id, f.estimated_requests
      from source s join client c using (client_id) cross join lane l
      cross join lateral (
        select fetch_id, estimated_requests from etl.fetch f
        where f.data_source_id = s.data_source_id and f.lane = l.lane and f.state = 'pending'
          and (f.not_before is null or f.not_before <= ${now}) and (f.kind <> 'span' or not s.awaits_configuration)
        order by f.fetch_id limit c.cap) f
      where s.is_open and not (s.is_ailing and s.fetches > 0) and not (s.is_history_paused and l.lane = 'history')),
    turns as (
      select d.client_id, d.data_source_id, d.lane, d.rank, d.fetch_id, d.estimated_requests,
        row_number() over (partition by d.data_source_id, d.lane order by d.fetch_id) as turn
      from (select d.*, row_number() over (partition by data_source_id order by rank, fetch_id) as place from due d) d
      join source s using (data_source_id) where d.place = 1 or not s.is_ailing),
    running as (
      select t.*,
        sum(estimated_requests) over (partition by client_id order by rank, turn, fetch_id) as client_requests,
        sum(estimated_requests) over (partition by client_id, lane order by turn, fetch_id) as lane_requests,
        row_number() over (partition by client_id, lane order by turn, fetch_id) as lane_row
      from turns t),
    payable as (
      select r.fetch_id from running r join client c using (client_id)
      left join lateral (select sum(requests) as requests from under_way u where u.client_id = r.client_id and u.rank <= r.rank) a on true
      left join under_way b on b.client_id = r.client_id and b.lane = r.lane
      where r.client_requests + coalesce(a.requests, 0) <= c.cap
         or r.lane_requests + coalesce(b.requests, 0) <= ${asked.laneFloor}
         or (r.lane_row = 1 and b.requests is null)),
    locked as (
      select f.fetch_id from etl.fetch f join payable using (fetch_id) where f.state = 'pending' for update of f skip locked)
    update etl.fetch f
    set state = 'queued', generation = f.generation + 1, queued_at = ${now}, not_before = null
    from locked where f.fetch_id = locked.fetch_id
    returning f.fetch_id as "fetchId", f.generation, f.data_source_id as "dataSourceId", f.kind, f.stream, f.lane,
      (extract(epoch from f.range_start) * 1000)::bigint as "fromMs", (extract(epoch from f.range_end) * 1000)::bigint as "toMs"`.execute(
    tx,
  )
  return rows.sort((a, b) => a.fetchId - b.fetchId)
}

/** Names the decision on the rows it moved, so that worker and mapper continue its trace. */
export async function nameDecisions(
  tx: PlannerTransaction,
  decisions: readonly { readonly fetchId: number; readonly traceparent: string }[],
): Promise<void> {
  if (decisions.length === 0) return
  const rows = JSON.stringify(decisions.map((d) => ({ fetch_id: d.fetchId, traceparent: d.traceparent })))
  await sql`
    update etl.fetch f set traceparent = d.traceparent
    from json_to_recordset(${rows}::json) as d(fetch_id bigint, traceparent text) where f.fetch_id = d.fetch_id`.execute(
    tx,
  )
}
