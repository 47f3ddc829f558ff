import { type Source, stopSource } from '@wxcc/db/data-source'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Bench,
  MINUTE,
  QUARTER,
  addCredential,
  addTestSource,
  answerCensuses,
  openBench,
  queuedFetches,
} from './ledger.testing.ts'
import { tick } from './tick.ts'

const SOURCES = 36
const CLIENT_IDS = 12

const database = useDatabase()
const { url: redisUrl, prefix } = useRedis()
let bench: Bench

beforeAll(async () => {
  bench = await openBench({ databaseUrl: database.url(), redisUrl, prefix })
})
afterAll(() => bench.close())

/** Ids of the sources that have a live span in the queue. */
async function servedSources(): Promise<ReadonlySet<number>> {
  const spans = await queuedFetches(bench.db, 'span', 'task')
  return new Set(spans.filter(({ lane }) => lane === 'live').map((row) => row.data_source_id))
}

test('dozens of organisations side by side: one without answers, one refused, one without consent hush no other', async () => {
  const sources: Source[] = []
  for (let index = 0; index < SOURCES; index++) {
    const credentialId = await addCredential(bench.db, `client-${index % CLIENT_IDS}`)
    sources.push(await addTestSource(bench.db, { key: `org_${index}`, credentialId }))
  }
  const idOf = (index: number) => sources[index]!.dataSourceId
  bench.time.nowMs += QUARTER + 5 * MINUTE
  await tick(bench)
  expect(await queuedFetches(bench.db, 'configuration')).toHaveLength(SOURCES)
  expect(await queuedFetches(bench.db, 'census')).toHaveLength(2 * SOURCES)

  // All three share their client id with others that are well.
  const [silent, refused, unconsented] = [idOf(0), idOf(1), idOf(2)] as const
  await answerCensuses(bench, () => 3)
  await bench.db
    .updateTable('etl.fetch')
    .set({ state: 'pending', attempts: 1, last_code: 'vendor_timeout' })
    .where('data_source_id', '=', silent)
    .where('kind', '=', 'census')
    .where('stream', '=', 'agent_session')
    .execute()
  await stopSource(bench.db, refused, 'vendor_forbidden')
  await bench.db
    .updateTable('etl.credential')
    .set({ state: 'needs_consent' })
    .where('credential_id', '=', sources[2]!.credentialId)
    .execute()

  await tick(bench)
  const served = await servedSources()
  expect(served.size).toBe(SOURCES - 3)
  for (const ailing of [silent, refused, unconsented]) expect(served).not.toContain(ailing)
  // The silent one is still asked, by one request at a time.
  const asked = await bench.db
    .selectFrom('etl.fetch')
    .select('kind')
    .where('data_source_id', '=', silent)
    .where('state', '=', 'queued')
    .execute()
  expect(asked).toEqual([{ kind: 'census' }])
})
