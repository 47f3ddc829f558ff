import { type Selectable, type Transaction, sql } from 'kysely'
import type { DB, JourneyAgentSession } from '../schema.ts'
import { inStatements } from './recordset.ts'

/**
 * A login that lasts and then is no longer listed has ended unseen; it is closed at the time up to which agent time was complete when a pass
 * missed it (mapping ruling 26). A pass must have listed it if it was read after the login was last seen, asked for changes since before that,
 * and reached back to its beginning. All of that is in the ledger, so the answer does not depend on the order in which passes are mapped.
 */

/**
 * How far back before its end a change pass looks for logins, as far as can be relied on: the fetcher's look-back (364 days before an end that lies
 * up to a day later).
 */
const SURE_LOOK_BACK = sql`interval '363 days'`

/** Notes that this fetch has read these logins that last, and forgets those that are known to be over. Ids are ours. */
export async function noteSightings(
  tx: Transaction<DB>,
  dataSourceId: number,
  seen: { readonly open: readonly string[]; readonly over: readonly string[] },
  fetchId: number,
): Promise<void> {
  if (seen.open.length > 0) {
    await sql`
      insert into etl.agent_session_sighting as t (agent_session_id, data_source_id, seen_at)
      select distinct s.id, ${dataSourceId}::smallint, f.fetched_at
      from unnest(${[...seen.open]}::uuid[]) as s(id) cross join etl.fetch f
      where f.fetch_id = ${fetchId} and f.fetched_at is not null order by s.id
      on conflict (agent_session_id) do update set seen_at = excluded.seen_at where t.seen_at < excluded.seen_at`.execute(
      tx,
    )
  }
  if (seen.over.length > 0) {
    await sql`delete from etl.agent_session_sighting where agent_session_id = any(${[...seen.over]}::uuid[])`.execute(
      tx,
    )
  }
}

/** The pass `f` must have listed the login `s`, last seen at `g.seen_at`, whether it lasted or had ended since. */
const MUST_HAVE_LISTED = sql`f.started_at > g.seen_at and f.range_start <= g.seen_at
  and s.login_time < f.range_end and s.login_time >= f.range_end - ${SURE_LOOK_BACK}`

/** Which of these logins a mapped pass should have listed and did not, with the end of the earliest such pass, epoch ms. */
export async function readUnlistedSince(
  tx: Transaction<DB>,
  dataSourceId: number,
  logins: readonly { readonly agent_session_id: string; readonly login_time: Date | string }[],
): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for (const json of inStatements(
    logins.map(({ agent_session_id, login_time }) => ({ agent_session_id, login_time })),
  )) {
    const { rows } = await sql<{ agent_session_id: string; until: Date }>`
      select s.agent_session_id, p.until
      from json_to_recordset(${json}::json) as s(agent_session_id uuid, login_time timestamptz)
      join etl.agent_session_sighting g using (agent_session_id)
      cross join lateral (
        select min(f.range_end) as until from etl.fetch f
        where f.data_source_id = ${dataSourceId} and f.stream = 'agent_session' and f.kind = 'span' and f.reason = 'change'
          and f.state = 'mapped' and ${MUST_HAVE_LISTED}) p
      where p.until is not null`.execute(tx)
    for (const row of rows) found.set(row.agent_session_id, row.until.getTime())
  }
  return found
}

/** Logins that this pass should have listed and did not, and that nothing else has closed earlier. Asked once all its pages are mapped. */
export async function readUnlistedBy(
  tx: Transaction<DB>,
  dataSourceId: number,
  fetchId: number,
): Promise<Selectable<JourneyAgentSession>[]> {
  const { rows } = await sql<Selectable<JourneyAgentSession>>`
    select s.* from etl.fetch f
    join etl.agent_session_sighting g on g.data_source_id = f.data_source_id
    join journey.agent_session s on s.agent_session_id = g.agent_session_id
    where f.fetch_id = ${fetchId} and f.data_source_id = ${dataSourceId} and not s.is_deleted
      and (s.is_active or (s.logout_evidence = 'not_listed' and s.logout_time > f.range_end)) and ${MUST_HAVE_LISTED}
    order by s.agent_session_id`.execute(tx)
  return rows
}
