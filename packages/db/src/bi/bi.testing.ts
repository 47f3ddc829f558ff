import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '../connect.ts'
import { addSource, type Source } from '../data-source.ts'

/** A source with nothing loaded, in this time zone. */
export async function sourceIn(db: Database, reportingTimeZone: string): Promise<Source> {
  const key = `s${randomBytes(4).toString('hex')}`
  const { credential_id } = await db
    .insertInto('etl.credential')
    .values({
      client_id: key,
      token_url: 'http://127.0.0.1/token',
      key_id: 'test',
      client_secret_sealed: Buffer.from('x'),
      refresh_token_sealed: Buffer.from('x'),
    })
    .returning('credential_id')
    .executeTakeFirstOrThrow()
  return addSource(db, {
    key,
    displayName: key,
    orgId: key,
    dataCenter: 'us1',
    apiUrl: 'http://127.0.0.1',
    credentialId: credential_id,
    loadFromMs: 0,
    reportingTimeZone,
  })
}

/** Conversations that wait in a queue for a minute, one at each of these moments. Returns the queue. */
export async function waitAt(db: Database, source: Source, moments: readonly Date[]): Promise<string> {
  const { rows } = await sql<{ queue_id: string }>`
    with q as (
      insert into journey.queue (queue_id, data_source_id, source_queue_id, name)
      values (gen_random_uuid(), ${source.dataSourceId}, gen_random_uuid()::text, 'Sales') returning queue_id),
    c as (
      insert into journey.conversation (conversation_id, conversation_start_time, data_source_id, source_task_id, channel_type, direction, status, end_time)
      select gen_random_uuid(), m, ${source.dataSourceId}, gen_random_uuid()::text, 'Voice', 'Inbound', 'Completed', m + interval '1 minute'
      from unnest(${[...moments]}::timestamptz[]) m returning *),
    e as (
      insert into journey.engagement (engagement_id, conversation_id, conversation_start_time, data_source_id, engagement_type, sequence_no,
        anchor_record_id, source_record_ids, queue_id, channel_type, direction, status, start_time, end_time, queue_time_ms, is_answered, service_level)
      select gen_random_uuid(), conversation_id, conversation_start_time, data_source_id, 'Queue', 1, conversation_id::text, '{}', q.queue_id, 'Voice',
        'Inbound', 'Completed', conversation_start_time, end_time, 60000, true, 'Met' from c, q)
    select queue_id from q`.execute(db)
  return rows[0]!.queue_id
}

/** Rows that somebody in this group gets, who may only read. */
export async function readAs(db: Database, role: string, text: string): Promise<Record<string, unknown>[]> {
  return db.transaction().execute(async (tx) => {
    await sql`set local transaction_read_only = on`.execute(tx)
    await sql`set local role ${sql.id(role)}`.execute(tx)
    return (await sql.raw<Record<string, unknown>>(text).execute(tx)).rows
  })
}

/** One agent of this source, who has a menu's customer for a minute at each of these moments and is available in that whole quarter hour. */
export async function workAt(db: Database, source: Source, moments: readonly Date[]): Promise<void> {
  await sql`
    with a as (
      insert into journey.agent (agent_id, data_source_id, source_agent_id, name)
      values (gen_random_uuid(), ${source.dataSourceId}, gen_random_uuid()::text, 'Ada') returning agent_id),
    st as (
      insert into journey.agent_status (agent_status_id, data_source_id, source_state, name, state_group, availability)
      values (gen_random_uuid(), ${source.dataSourceId}, 'available', 'Available', 'Available', 'Available') returning agent_status_id),
    c as (
      insert into journey.conversation (conversation_id, conversation_start_time, data_source_id, source_task_id, channel_type, direction, status, end_time, is_handled, source_total_ms)
      select gen_random_uuid(), m, ${source.dataSourceId}, gen_random_uuid()::text, 'Voice', 'Inbound', 'Completed', m + interval '1 minute', true, 60000
      from unnest(${[...moments]}::timestamptz[]) m returning *),
    e as (
      insert into journey.engagement (engagement_id, conversation_id, conversation_start_time, data_source_id, engagement_type, sequence_no,
        anchor_record_id, source_record_ids, agent_id, channel_type, direction, menu_phase, status, start_time, end_time, engagement_time_ms, menu_time_ms)
      select gen_random_uuid(), conversation_id, conversation_start_time, data_source_id, kind, 1, kind || conversation_id, '{}', a.agent_id, 'Voice', 'Inbound',
        case kind when 'Menu' then 'entry' end, 'Completed', conversation_start_time, end_time, case kind when 'Agent' then 60000 end, case kind when 'Menu' then 5000 end
      from c, a, unnest(array['Menu', 'Agent']) kind)
    insert into journey.activity (activity_id, data_source_id, agent_id, agent_status_id, interval_time, availability, activity_time_ms)
    select gen_random_uuid(), ${source.dataSourceId}, a.agent_id, st.agent_status_id, date_bin('15 minutes', m, timestamptz '2000-01-01 00:00+00'), 'Available', 900000
    from a, st, unnest(${[...moments]}::timestamptz[]) m`.execute(db)
}
