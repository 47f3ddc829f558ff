import { fetchLive } from '@wxcc/contracts/fetch-live'
import type { Lane } from '@wxcc/contracts/ledger'
import { mapSpan } from '@wxcc/contracts/map-span'
import { mapTranscript } from '@wxcc/contracts/map-transcript'
import type { Source } from '@wxcc/db/data-source'
import { claimFetch, claimMapping, finishFetch, giveBack, newFetch, renewLease } from '@wxcc/db/fetch-claim'
import { noteThrottle } from '@wxcc/db/request-rate'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type Bench,
  MINUTE,
  NOON,
  QUARTER,
  addCredential,
  addTestSource,
  emptyLedger,
  loseJobs,
  openBench,
} from './ledger.testing.ts'
import { tick } from './tick.ts'

const database = useDatabase()
const { url: redisUrl, prefix } = useRedis()
let bench: Bench

beforeAll(async () => {
  bench = await openBench({ databaseUrl: database.url(), redisUrl, prefix })
})
afterAll(() => bench.close())
beforeEach(async () => {
  await emptyLedger(bench, prefix)
  bench.time.nowMs = NOON
})

/** A source with nothing to plan: its load is over before it began. The daily configuration fetch is taken out of the way. */
async function addIdleSource(key: string, credentialId?: number): Promise<Source> {
  const source = await addTestSource(bench.db, {
    key,
    loadFromMs: NOON,
    loadUntilMs: NOON,
    ...(credentialId ? { credentialId } : {}),
  })
  const fetchId = await newFetch(bench.db, { ...pending(source, 'live', 1), kind: 'configuration' })
  await bench.db
    .updateTable('etl.fetch')
    .set({ state: 'done', finished_at: new Date(NOON) })
    .where('fetch_id', '=', fetchId)
    .execute()
  return source
}

function pending(source: Source, lane: Lane, estimatedRequests: number) {
  return { dataSourceId: source.dataSourceId, reason: 'live', lane, estimatedRequests, nowMs: NOON } as const
}

async function addSpans(source: Source, lane: Lane, count: number, estimatedRequests: number): Promise<number[]> {
  const ids = []
  for (let index = 0; index < count; index++) {
    const range = { fromMs: NOON, toMs: NOON + QUARTER }
    ids.push(
      await newFetch(bench.db, { ...pending(source, lane, estimatedRequests), kind: 'span', stream: 'task', range }),
    )
  }
  return ids
}

function fetchRow(fetchId: number) {
  return bench.db.selectFrom('etl.fetch').selectAll().where('fetch_id', '=', fetchId).executeTakeFirstOrThrow()
}

/** Queued fetches as `lane x count`. */
async function queuedByLane(): Promise<Record<string, number>> {
  const rows = await bench.db
    .selectFrom('etl.fetch')
    .select((eb) => ['data_source_id', 'lane', eb.fn.countAll<number>().as('count')])
    .where('state', '=', 'queued')
    .groupBy(['data_source_id', 'lane'])
    .execute()
  const byLane: Record<string, number> = {}
  for (const row of rows) byLane[row.lane] = (byLane[row.lane] ?? 0) + row.count
  return byLane
}

describe('admission', () => {
  test('two minutes of requests per client id, the more urgent lane first, a floor for each', async () => {
    // 300 a minute × 0.95 × 2 = 570.
    const source = await addIdleSource('north')
    await addSpans(source, 'audio', 30, 1)
    await addSpans(source, 'history', 80, 10)
    await addSpans(source, 'live', 40, 10)
    await tick(bench)
    expect(await queuedByLane()).toEqual({ live: 40, history: 17, audio: 12 })
    await tick(bench)
    expect(await queuedByLane()).toEqual({ live: 40, history: 17, audio: 12 })
  })

  test('what ends makes room, and a fetch larger than the floor still gets its turn in an empty lane', async () => {
    const source = await addIdleSource('north')
    const live = await addSpans(source, 'live', 80, 10)
    const [big] = await addSpans(source, 'history', 2, 40)
    await tick(bench)
    expect(await queuedByLane()).toEqual({ live: 57, history: 1 })
    expect((await fetchRow(big!)).state).toBe('queued')
    await bench.db
      .updateTable('etl.fetch')
      .set({ state: 'mapped' })
      .where('fetch_id', 'in', live.slice(0, 10))
      .execute()
    await tick(bench)
    expect(await queuedByLane()).toEqual({ live: 57, history: 1 })
  })

  test('history that is under way holds up no live quarter hour, live work holds up history', async () => {
    const source = await addIdleSource('north')
    await addSpans(source, 'history', 80, 10)
    await tick(bench)
    await addSpans(source, 'live', 40, 10)
    await tick(bench)
    expect(await queuedByLane()).toEqual({ live: 40, history: 57 })
    await bench.db
      .updateTable('etl.fetch')
      .set({ state: 'mapped' })
      .where('lane', '=', 'history')
      .where('state', '=', 'queued')
      .execute()
    await tick(bench)
    expect(await queuedByLane()).toEqual({ live: 40, history: 17 })
  })

  test('sources of one client id share its budget and take turns; another client id has its own', async () => {
    const shared = await addCredential(bench.db, 'client-a')
    const again = await addCredential(bench.db, 'client-a')
    const loud = await addIdleSource('loud', shared)
    const quiet = await addIdleSource('quiet', again)
    const other = await addIdleSource('other', await addCredential(bench.db, 'client-b', 60))
    await addSpans(loud, 'history', 100, 10)
    const few = await addSpans(quiet, 'history', 5, 10)
    await addSpans(other, 'history', 20, 10)
    await tick(bench)
    const rows = await bench.db
      .selectFrom('etl.fetch')
      .select(['data_source_id', 'fetch_id'])
      .where('state', '=', 'queued')
      .execute()
    const of = (source: Source) =>
      rows.filter((row) => row.data_source_id === source.dataSourceId).map((row) => row.fetch_id)
    expect(of(quiet)).toEqual(few)
    expect(of(loud)).toHaveLength(52)
    expect(of(other)).toHaveLength(11)
  })

  test('nothing for paused or stopped sources, for credentials without consent, and before not_before', async () => {
    const paused = await addIdleSource('paused')
    const unconsented = await addIdleSource('unconsented')
    const waiting = await addIdleSource('waiting')
    await addSpans(paused, 'live', 1, 1)
    await addSpans(unconsented, 'live', 1, 1)
    const [later] = await addSpans(waiting, 'live', 1, 1)
    await bench.db
      .updateTable('etl.data_source')
      .set({ state: 'paused' })
      .where('data_source_id', '=', paused.dataSourceId)
      .execute()
    await bench.db
      .updateTable('etl.credential')
      .set({ state: 'needs_consent' })
      .where('credential_id', '=', unconsented.credentialId)
      .execute()
    await bench.db
      .updateTable('etl.fetch')
      .set({ not_before: new Date(NOON + 1_000) })
      .where('fetch_id', '=', later!)
      .execute()
    await tick(bench)
    expect(await queuedByLane()).toEqual({})
    bench.time.nowMs += 1_000
    await tick(bench)
    expect(await queuedByLane()).toEqual({ live: 1 })
    expect(await bench.queues.hasJob(fetchLive, { fetchId: later!, generation: 1 })).toBe(true)
  })
})

describe('what the vendor’s answers change', () => {
  test('a source that gets no answers has one fetch under way, and is itself again when one comes through', async () => {
    const shared = await addCredential(bench.db, 'client-a')
    const ailing = await addIdleSource('ailing', shared)
    const well = await addIdleSource('well', shared)
    const [failed] = await addSpans(ailing, 'live', 10, 2)
    await addSpans(ailing, 'history', 5, 2)
    await addSpans(well, 'live', 10, 2)
    await bench.db
      .updateTable('etl.fetch')
      .set({ attempts: 1, last_code: 'vendor_timeout' })
      .where('fetch_id', '=', failed!)
      .execute()
    const underWay = async ({ dataSourceId }: Source) =>
      (
        await bench.db
          .selectFrom('etl.fetch')
          .select('fetch_id')
          .where('data_source_id', '=', dataSourceId)
          .where('state', 'in', ['queued', 'running'])
          .execute()
      ).map((row) => row.fetch_id)
    await tick(bench)
    await tick(bench)
    expect(await underWay(ailing)).toEqual([failed])
    expect(await underWay(well)).toHaveLength(10)
    await bench.db.updateTable('etl.fetch').set({ state: 'mapped' }).where('fetch_id', '=', failed!).execute()
    await tick(bench)
    expect(await underWay(ailing)).toHaveLength(14)
  })

  test('nothing is handed out while the vendor has closed the client id; then less than before', async () => {
    const source = await addIdleSource('north')
    await addSpans(source, 'history', 80, 10)
    await noteThrottle(bench.db, { clientId: 'client-north', nowMs: NOON, closedUntilMs: NOON + 30_000 })
    await tick(bench)
    expect(await queuedByLane()).toEqual({})
    bench.time.nowMs += 30_000
    await tick(bench)
    // Four fifths, and half a minute of recovery: 243 × 0.95 × 2 = 461.
    expect(await queuedByLane()).toEqual({ history: 46 })
  })

  test('what is left to other programs is not handed out', async () => {
    const source = await addIdleSource('north')
    await bench.db.updateTable('etl.credential').set({ budget_share: 0.5 }).execute()
    await addSpans(source, 'history', 80, 10)
    await tick(bench)
    expect(await queuedByLane()).toEqual({ history: 28 })
  })
})

describe('sweep', () => {
  test('after a flush every job is back under a new generation', async () => {
    const source = await addIdleSource('north')
    const [queued, running, fetched] = await addSpans(source, 'live', 3, 1)
    await tick(bench)
    const at = { nowMs: NOON, leaseMs: MINUTE }
    await claimFetch(bench.db, { ...at, fetchId: running!, generation: 1 })
    const claim = (await claimFetch(bench.db, { ...at, fetchId: fetched!, generation: 1 }))!
    await bench.db.transaction().execute((tx) => finishFetch(tx, { claim, to: 'fetched', nowMs: NOON, requests: 1 }))
    await bench.queues.enqueue(mapSpan, { fetchId: fetched!, generation: 1 })

    bench.time.nowMs += 6_000
    await tick(bench)
    expect((await fetchRow(queued!)).generation).toBe(1)
    expect((await fetchRow(fetched!)).map_generation).toBe(1)

    await loseJobs(bench.redis, prefix)
    await tick(bench)
    expect(await fetchRow(queued!)).toMatchObject({ state: 'queued', generation: 2, attempts: 0 })
    expect(await fetchRow(running!)).toMatchObject({ state: 'running', generation: 1 })
    expect(await fetchRow(fetched!)).toMatchObject({ state: 'fetched', map_generation: 2, map_attempts: 0 })
    expect(await bench.queues.hasJob(fetchLive, { fetchId: queued!, generation: 2 })).toBe(true)
    expect(await bench.queues.hasJob(mapSpan, { fetchId: fetched!, generation: 2 })).toBe(true)
  })

  test('a row queued a moment ago is not taken for lost', async () => {
    const source = await addIdleSource('north')
    const [fetchId] = await addSpans(source, 'live', 1, 1)
    await tick(bench)
    await loseJobs(bench.redis, prefix)
    bench.time.nowMs += 4_999
    await tick(bench)
    expect(await fetchRow(fetchId!)).toMatchObject({ state: 'queued', generation: 1 })
  })

  test('a lease that ran out is an attempt; a renewed one is not touched; the eighth kill is buried', async () => {
    const source = await addIdleSource('north')
    const [fetchId] = await addSpans(source, 'live', 1, 1)
    for (let kill = 1; kill <= 8; kill++) {
      await tick(bench)
      const row = await fetchRow(fetchId!)
      expect(row).toMatchObject({ state: 'queued', generation: kill, attempts: kill - 1 })
      const lease = { fetchId: fetchId!, nowMs: bench.time.nowMs, leaseMs: 10_000 }
      const claim = (await claimFetch(bench.db, { ...lease, generation: kill }))!
      bench.time.nowMs += 9_000
      expect(await renewLease(bench.db, { ...lease, nowMs: bench.time.nowMs, fence: claim.fence })).toBe(true)
      bench.time.nowMs += 9_000
      await tick(bench)
      expect((await fetchRow(fetchId!)).state).toBe('running')
      bench.time.nowMs += 2_000
    }
    await tick(bench)
    expect(await fetchRow(fetchId!)).toMatchObject({ state: 'failed', last_code: 'stalled', attempts: 8 })
    const letters = await bench.db.selectFrom('etl.dead_letter').selectAll().execute()
    expect(letters).toMatchObject([
      { queue: 'fetch-live', job_id: `fetch-live.${fetchId}.g8`, code: 'stalled', payload: { fetchId, generation: 8 } },
    ])
  })

  test('a mapper that died or gave its row back is followed by another; one at work is left alone', async () => {
    const source = await addIdleSource('north')
    const ids = await addSpans(source, 'live', 3, 1)
    await tick(bench)
    const lease = { nowMs: NOON, leaseMs: 10_000 }
    const mappings = []
    for (const fetchId of ids) {
      const claim = (await claimFetch(bench.db, { ...lease, fetchId, generation: 1 }))!
      await bench.db.transaction().execute((tx) => finishFetch(tx, { claim, to: 'fetched', nowMs: NOON, requests: 1 }))
      // The job of a dead mapper stays in Redis until its lock runs out.
      await bench.queues.enqueue(mapSpan, { fetchId, generation: 1 })
      mappings.push((await claimMapping(bench.db, { ...lease, fetchId, generation: 1 }))!)
    }
    const [died, returned, working] = ids
    const code = 'mapping_failed'
    await giveBack(bench.db, {
      claim: mappings[1]!,
      notBeforeMs: NOON + 20_000,
      code,
      spendsAttempt: true,
      nowMs: NOON,
    })
    bench.time.nowMs += 10_001
    await renewLease(bench.db, { ...lease, fetchId: working!, fence: mappings[2]!.fence, nowMs: bench.time.nowMs })
    await tick(bench)
    await tick(bench)
    expect(await fetchRow(died!)).toMatchObject({
      state: 'fetched',
      map_generation: 2,
      map_attempts: 1,
      lease_until: null,
    })
    expect(await bench.queues.hasJob(mapSpan, { fetchId: died!, generation: 2 })).toBe(true)
    expect(await fetchRow(returned!)).toMatchObject({ map_generation: 1, map_attempts: 1 })
    expect(await fetchRow(working!)).toMatchObject({ map_generation: 1, map_attempts: 0 })

    bench.time.nowMs = NOON + 20_000
    await tick(bench)
    expect(await fetchRow(died!)).toMatchObject({ map_generation: 2 })
    expect(await fetchRow(returned!)).toMatchObject({ map_generation: 2, map_attempts: 1 })
  })

  test('a stored capture whose job is lost is mapped by another', async () => {
    const source = await addIdleSource('north')
    const capture = {
      data_source_id: source.dataSourceId,
      conversation_start_time: new Date(NOON),
      kind: 'recording',
      state: 'stored',
      stored_at: new Date(NOON),
      created_at: new Date(NOON),
      updated_at: new Date(NOON),
    }
    const [never, lost, there, mapped] = await bench.db
      .insertInto('etl.capture')
      .values([
        { ...capture, task_id: 'never' },
        { ...capture, task_id: 'lost', map_generation: 1, map_queued_at: new Date(NOON) },
        { ...capture, task_id: 'there', map_generation: 1, map_queued_at: new Date(NOON) },
        { ...capture, task_id: 'mapped', map_generation: 1, map_queued_at: new Date(NOON), mapped_at: new Date(NOON) },
      ])
      .returning('capture_id')
      .execute()
    await bench.queues.enqueue(mapTranscript, { captureId: there!.capture_id, generation: 1 })
    bench.time.nowMs += 5_000
    await tick(bench)
    const generations = await bench.db
      .selectFrom('etl.capture')
      .select(['task_id', 'map_generation'])
      .orderBy('capture_id')
      .execute()
    expect(generations.map((row) => `${row.task_id} ${row.map_generation}`)).toEqual([
      'never 1',
      'lost 2',
      'there 1',
      'mapped 1',
    ])
    expect(await bench.queues.hasJob(mapTranscript, { captureId: never!.capture_id, generation: 1 })).toBe(true)
    expect(await bench.queues.hasJob(mapTranscript, { captureId: lost!.capture_id, generation: 2 })).toBe(true)
    expect(await bench.queues.hasJob(mapTranscript, { captureId: mapped!.capture_id, generation: 2 })).toBe(false)
  })
})
