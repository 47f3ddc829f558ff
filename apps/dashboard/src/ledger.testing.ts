import { createHash } from 'node:crypto'
import { DAY_MS, WINDOW_MS, floorToDay } from '@wxcc/contracts/window'
import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'

/** Noon of an ordinary day; the ledger below is filled up to it. */
export const SAMPLE_NOW_MS = Date.UTC(2026, 10, 22, 14, 52)

/**
 * For the tests of the pages: a ledger with every state a window, fetch, capture and dead letter can be in. Three days, two streams; yesterday's
 * 10:00 is short, 10:15 over and 10:30 failed. Written with plain inserts, since only the states matter here, not how they came about.
 */
export async function fillLedger(db: Database): Promise<void> {
  const now = new Date(SAMPLE_NOW_MS)
  const { credential_id } = await db
    .insertInto('etl.credential')
    .values({
      client_id: 'client-of-the-sample',
      token_url: 'http://127.0.0.1/token',
      key_id: 'sample',
      client_secret_sealed: Buffer.alloc(1),
      refresh_token_sealed: Buffer.alloc(1),
    })
    .returning('credential_id')
    .executeTakeFirstOrThrow()
  const today = floorToDay(SAMPLE_NOW_MS)
  const { data_source_id } = await db
    .insertInto('etl.data_source')
    .values({
      data_source_key: 'sample',
      display_name: 'Sample <b>centre</b>',
      source_org_id: 'org-of-the-sample',
      data_center: 'us1',
      api_url: 'http://127.0.0.1',
      credential_id,
      load_from: new Date(today - 2 * DAY_MS),
    })
    .returning('data_source_id')
    .executeTakeFirstOrThrow()
  await db
    .insertInto('etl.load_window')
    .values(['task', 'agent_session'].flatMap((stream) => windowsOf(stream, data_source_id, today)))
    .execute()
  await db
    .insertInto('etl.watermark')
    .values({
      data_source_id,
      pass: 'agent_time',
      complete_until: new Date(today + 14 * 60 * 60_000),
      updated_at: now,
    })
    .execute()
  await db
    .insertInto('etl.history')
    .values({
      data_source_id,
      from_at: new Date(today - 2 * DAY_MS),
      until_at: new Date(today),
      state: 'running',
      records: sql`${JSON.stringify({ task: 5_000, agent_session: 4_400 })}::jsonb`,
      requests: 1_000,
      byte_size: 130_000_000,
      created_at: now,
      applied_at: new Date(today),
    })
    .execute()
  await fillWork(db, data_source_id, now)
}

function windowsOf(stream: string, dataSourceId: number, today: number) {
  const from = today - 2 * DAY_MS
  const now = new Date(SAMPLE_NOW_MS)
  const count = Math.floor((SAMPLE_NOW_MS - from) / WINDOW_MS)
  return Array.from({ length: count }, (_, i) => {
    const startMs = from + i * WINDOW_MS
    const trouble = stream === 'task' ? TROUBLE[startMs - (today - DAY_MS)] : undefined
    const state =
      trouble?.state ?? (i < 96 ? 'sealed' : i >= count - 1 ? 'planned' : i >= count - 3 ? 'loaded' : 'verified')
    const expected = state === 'planned' ? null : 21
    return {
      data_source_id: dataSourceId,
      stream,
      window_start: new Date(startMs),
      state,
      expected,
      stored: state === 'planned' || state === 'failed' ? null : (trouble?.stored ?? 21),
      incomplete: 0,
      open_records: state === 'loaded' ? 2 : 0,
      finding: trouble?.finding ?? null,
      created_at: now,
      updated_at: now,
    }
  })
}

const HOUR_MS = 60 * 60_000
const TROUBLE: Record<number, { state: string; stored: number; finding: string }> = {
  [10 * HOUR_MS]: { state: 'short', stored: 16, finding: 'rows_missing' },
  [10 * HOUR_MS + WINDOW_MS]: { state: 'over', stored: 22, finding: 'rows_extra' },
  [10 * HOUR_MS + 2 * WINDOW_MS]: { state: 'failed', stored: 0, finding: 'vendor_malformed' },
}

async function fillWork(db: Database, data_source_id: number, now: Date): Promise<void> {
  const fetches = [
    { lane: 'live', state: 'running' },
    { lane: 'live', state: 'fetched' },
    { lane: 'history', state: 'pending' },
    { lane: 'history', state: 'failed' },
  ]
  await db
    .insertInto('etl.fetch')
    .values(
      fetches.map((fetch) => ({
        ...fetch,
        data_source_id,
        kind: 'configuration',
        reason: 'live',
        created_at: now,
      })),
    )
    .execute()
  const captures = [
    { kind: 'recording', state: 'stored', byte_size: 4_200_000 },
    { kind: 'recording', state: 'expected', byte_size: null },
    { kind: 'recording', state: 'corrupt', byte_size: null },
    { kind: 'transcript', state: 'stored', byte_size: 3_000 },
  ]
  await db
    .insertInto('etl.capture')
    .values(
      captures.map((capture, i) => ({
        ...capture,
        data_source_id,
        task_id: `task-${i}`,
        conversation_start_time: now,
        created_at: now,
        updated_at: now,
      })),
    )
    .execute()
  await db
    .insertInto('etl.dead_letter')
    .values([
      {
        data_source_id,
        queue: 'fetch-span',
        job_id: 'fetch-span.17.g3',
        code: 'vendor_malformed',
        attempts: 8,
        first_at: now,
        last_at: now,
      },
      {
        data_source_id,
        queue: 'map-span',
        job_id: 'map-span.11.g1',
        code: 'mapping_failed',
        attempts: 1,
        first_at: now,
        last_at: now,
        resolved_at: now,
      },
    ])
    .execute()
  await db
    .insertInto('etl.api_call')
    .values(
      [
        {
          hour: new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS),
          lane: 'live',
          requests: 37,
          throttled: 1,
          failed: 0,
        },
        {
          hour: new Date(Math.floor(now.getTime() / HOUR_MS - 1) * HOUR_MS),
          lane: 'history',
          requests: 1204,
          throttled: 0,
          failed: 2,
        },
      ].map((spent) => ({ ...spent, data_source_id, endpoint: 'search' })),
    )
    .execute()
}

/** Beside a filled ledger: a recording with one channel that lies in the store, and one that never came. Answers the id of the first. */
export async function addRecordings(
  db: Database,
  stored: { readonly bytes: Buffer; readonly objectKey: string },
): Promise<number> {
  const { data_source_id } = await db
    .selectFrom('etl.data_source')
    .select('data_source_id')
    .limit(1)
    .executeTakeFirstOrThrow()
  const at = new Date(SAMPLE_NOW_MS)
  const row = { data_source_id, conversation_start_time: at, created_at: at, updated_at: at, kind: 'recording' }
  const rows = await db
    .insertInto('etl.capture')
    .values([
      {
        ...row,
        task_id: 'task-a',
        source_capture_id: 'a',
        state: 'stored',
        byte_size: stored.bytes.length,
        sha256: hashOf(stored.bytes),
        object_key: stored.objectKey,
        findings: ['mono'],
      },
      { ...row, task_id: '<b>', source_capture_id: 'b', state: 'not_available', reason: 'capture_listing_empty' },
    ])
    .returning('capture_id')
    .execute()
  return rows[0]!.capture_id
}

export function hashOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
