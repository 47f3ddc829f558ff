import { FencedOff } from '@wxcc/contracts/failures'
import { useDatabase } from '@wxcc/testing/database'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { storeCaptureRow } from './capture.ts'
import { type Database, connectDatabase } from './connect.ts'
import { openCredentials } from './credential.ts'
import { addSource } from './data-source.ts'
import {
  type Claim,
  claimFetch,
  claimMapping,
  failFetch,
  finishFetch,
  finishMapping,
  giveBack,
  newFetch,
  renewLease,
  splitFetch,
} from './fetch-claim.ts'
import { listPages, recordPage } from './raw-page.ts'
import { readSealingKey } from './seal.ts'

const NOW = Date.parse('2026-11-20T10:00:00Z')
const RANGE = { fromMs: NOW - 3_600_000, toMs: NOW }
const database = useDatabase()
let db: Database
let dataSourceId: number

beforeAll(async () => {
  db = connectDatabase({ url: database.url(), applicationName: 'wxcc-test' })
  const credentials = openCredentials(db, readSealingKey(Buffer.alloc(32).toString('base64')))
  const credentialId = await credentials.add({
    clientId: 'c',
    clientSecret: 's',
    refreshToken: 'r',
    tokenUrl: 'http://localhost',
  })
  const source = {
    key: 'claims',
    displayName: 'Claims',
    orgId: 'org',
    dataCenter: 'us1',
    apiUrl: 'http://localhost',
    credentialId,
  }
  dataSourceId = (await addSource(db, { ...source, loadFromMs: RANGE.fromMs })).dataSourceId
})
afterAll(() => db.destroy())

/** A span the planner has queued as generation 1. */
async function queuedSpan(): Promise<number> {
  const span = { dataSourceId, kind: 'span', stream: 'task', range: RANGE, reason: 'history', lane: 'history' } as const
  const fetchId = await newFetch(db, { ...span, estimatedRequests: 2, nowMs: NOW })
  await requeue(fetchId, 1)
  return fetchId
}

async function requeue(fetchId: number, generation: number): Promise<void> {
  await db
    .updateTable('etl.fetch')
    .set({ state: 'queued', generation, lease_until: null })
    .where('fetch_id', '=', fetchId)
    .execute()
}

const stateOf = (fetchId: number) =>
  db.selectFrom('etl.fetch').selectAll().where('fetch_id', '=', fetchId).executeTakeFirstOrThrow()
const claim = async (fetchId: number, generation = 1): Promise<Claim> =>
  (await claimFetch(db, { fetchId, generation, nowMs: NOW, leaseMs: 1_000 }))!
const page = (claim: Claim, pageNo: number) => ({
  claim,
  recordKind: 'csr' as const,
  pageNo,
  objectKey: `raw/${claim.fetchId}-g${claim.generation}/csr-${pageNo}`,
  byteSize: 1,
  sha256: Buffer.alloc(32),
  recordCount: 1,
  trackingId: null,
  cursor: { after: pageNo },
  nowMs: NOW,
})

describe('a claim', () => {
  test('goes to exactly one of several workers', async () => {
    const fetchId = await queuedSpan()
    const claims = await Promise.all(Array.from({ length: 5 }, () => claim(fetchId)))
    expect(claims.filter((one) => one !== undefined)).toHaveLength(1)
  })

  test('is refused to a job of another generation', async () => {
    const fetchId = await queuedSpan()
    expect(await claim(fetchId, 2)).toBeUndefined()
  })

  test('that was overtaken books no file, and the one that overtook it does', async () => {
    const fetchId = await queuedSpan()
    const zombie = await claim(fetchId)
    await requeue(fetchId, 2)
    const heir = await claim(fetchId, 2)
    const at = new Date(NOW)
    const { capture_id: captureId } = await db
      .insertInto('etl.capture')
      .values({
        data_source_id: dataSourceId,
        task_id: 'overtaken',
        source_capture_id: 'a',
        kind: 'recording',
        state: 'downloading',
        conversation_start_time: at,
        created_at: at,
        updated_at: at,
      })
      .returning('capture_id')
      .executeTakeFirstOrThrow()
    const stored = (by: Claim) => ({
      claim: by,
      captureId,
      attributes: {},
      nowMs: NOW,
      set: {
        object_key: 'recording/a',
        byte_size: 1,
        sha256: Buffer.alloc(32),
        content_type: 'audio/wav',
        codec: null,
        audio_channels: null,
        sample_rate_hz: null,
        duration_ms: null,
        channel_1_participant: null,
        channel_2_participant: null,
        agent_channel: null,
        findings: [],
        start_time: null,
        end_time: null,
      },
    })
    const row = () =>
      db.selectFrom('etl.capture').select(['state', 'fetch_id']).where('capture_id', '=', captureId).executeTakeFirst()

    await expect(storeCaptureRow(db, stored(zombie))).rejects.toThrow(FencedOff)
    expect(await row()).toEqual({ state: 'downloading', fetch_id: null })
    expect(await storeCaptureRow(db, stored(heir))).toBe(1)
    expect(await row()).toEqual({ state: 'stored', fetch_id: fetchId })
    // Once is enough: somebody stored it already.
    expect(await storeCaptureRow(db, stored(heir))).toBeUndefined()
  })

  test('that was overtaken writes nothing any more', async () => {
    const fetchId = await queuedSpan()
    const zombie = await claim(fetchId)
    await recordPage(db, page(zombie, 1))
    await requeue(fetchId, 2)
    const heir = await claim(fetchId, 2)
    expect(heir.cursor).toEqual({ after: 1 })

    await expect(recordPage(db, page(zombie, 2))).rejects.toThrow(FencedOff)
    expect(await renewLease(db, { ...zombie, nowMs: NOW, leaseMs: 1_000 })).toBe(false)
    await giveBack(db, { claim: zombie, notBeforeMs: null, code: 'unexpected', spendsAttempt: true, nowMs: NOW })
    await failFetch(db, { claim: zombie, code: 'unexpected', nowMs: NOW })
    await expect(
      db.transaction().execute((tx) => finishFetch(tx, { claim: zombie, to: 'fetched', nowMs: NOW, requests: 1 })),
    ).rejects.toThrow(FencedOff)
    expect(await stateOf(fetchId)).toMatchObject({ state: 'running', attempts: 0, fence: heir.fence })

    await recordPage(db, page(heir, 2))
    expect((await listPages(db, fetchId)).map(({ pageNo }) => pageNo)).toEqual([1, 2])
  })

  test('given back waits for its time and keeps count of what it spent', async () => {
    const fetchId = await queuedSpan()
    const back = { notBeforeMs: NOW + 5_000, nowMs: NOW, requests: 3 }
    await giveBack(db, { claim: await claim(fetchId), code: 'vendor_timeout', spendsAttempt: true, ...back })
    expect(await stateOf(fetchId)).toMatchObject({
      state: 'pending',
      attempts: 1,
      last_code: 'vendor_timeout',
      not_before: new Date(NOW + 5_000),
      first_failed_at: new Date(NOW),
      actual_requests: 3,
    })
    await requeue(fetchId, 2)
    await giveBack(db, { claim: await claim(fetchId, 2), code: 'budget_empty', spendsAttempt: false, ...back })
    expect(await stateOf(fetchId)).toMatchObject({ attempts: 1, actual_requests: 6 })
  })

  test('for mapping is free again when its lease has run out, and ends once', async () => {
    const fetchId = await queuedSpan()
    const fetched = await claim(fetchId)
    await db.transaction().execute((tx) => finishFetch(tx, { claim: fetched, to: 'fetched', nowMs: NOW, requests: 1 }))
    const at = { fetchId, generation: 1, leaseMs: 1_000 }
    const first = (await claimMapping(db, { ...at, nowMs: NOW }))!
    expect(await claimMapping(db, { ...at, nowMs: NOW + 999 })).toBeUndefined()
    const second = (await claimMapping(db, { ...at, nowMs: NOW + 1_001 }))!
    const end = (held: Claim) => db.transaction().execute((tx) => finishMapping(tx, { claim: held, nowMs: NOW }))
    await expect(end(first)).rejects.toThrow(FencedOff)
    await end(second)
    expect(await stateOf(fetchId)).toMatchObject({ state: 'mapped', lease_until: null })
  })
})

test('a span that is too much is cut in two halves that cover it exactly', async () => {
  const fetchId = await queuedSpan()
  const whole = await claim(fetchId)
  await db.transaction().execute((tx) => splitFetch(tx, { claim: whole, nowMs: NOW, requests: 1 }))
  expect(await stateOf(fetchId)).toMatchObject({ state: 'done', last_code: 'vendor_too_large' })
  const halves = await db
    .selectFrom('etl.fetch')
    .selectAll()
    .where('fetch_id', '>', fetchId)
    .orderBy('range_start')
    .execute()
  expect(halves.map((half) => [half.state, half.range_start?.getTime(), half.range_end?.getTime()])).toEqual([
    ['pending', RANGE.fromMs, NOW - 1_800_000],
    ['pending', NOW - 1_800_000, RANGE.toMs],
  ])
})
