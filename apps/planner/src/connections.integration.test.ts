import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { DAY_MS } from '@wxcc/contracts/window'
import { claimFetch, giveBack } from '@wxcc/db/fetch-claim'
import { createLogger } from '@wxcc/telemetry/log'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type Bench,
  MINUTE,
  NOON,
  QUARTER,
  addCredential,
  addTestSource,
  emptyLedger,
  openBench,
  queuedFetches,
} from './ledger.testing.ts'
import { sendAlarms } from './send-alarms.ts'
import { tick } from './tick.ts'

const database = useDatabase()
const { url: redisUrl, prefix } = useRedis()
let bench: Bench
let receiver: Server
/** What the receiver answers next, and what it was told. */
let status = 200
const told: { readonly text: string; readonly daysLeft: number; readonly sources: readonly string[] }[] = []
const logged: { readonly event: string; readonly daysLeft?: number }[] = []

beforeAll(async () => {
  bench = await openBench({ databaseUrl: database.url(), redisUrl, prefix })
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      if (status === 200) told.push(JSON.parse(body) as (typeof told)[number])
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  receiver.close()
  await bench.close()
})
beforeEach(async () => {
  await emptyLedger(bench, prefix)
  bench.time.nowMs = NOON
  told.length = logged.length = 0
  status = 200
})

async function look(): Promise<void> {
  const log = createLogger('test', { write: (line) => void logged.push(JSON.parse(line) as (typeof logged)[number]) })
  await tick({ ...bench, log })
  const { port } = receiver.address() as AddressInfo
  await sendAlarms({ db: bench.db, clock: bench.clock, log, url: `http://127.0.0.1:${port}/hook` })
}

/** The source that is connected until `daysLeft` days from now, paused so that nothing else happens. */
async function connectFor(daysLeft: number, keys: readonly string[] = ['north']): Promise<void> {
  const credentialId = await addCredential(bench.db, 'client')
  for (const key of keys) await addTestSource(bench.db, { key, credentialId })
  await bench.db.updateTable('etl.data_source').set({ state: 'paused' }).execute()
  await endIn(daysLeft)
}

async function endIn(days: number): Promise<void> {
  const at = new Date(bench.time.nowMs + days * DAY_MS)
  await bench.db.updateTable('etl.credential').set({ refresh_token_expires_at: at }).execute()
}

const levels = () => told.map(({ daysLeft }) => daysLeft)

test('alarms at 30, 14, 7 and 1 days of the returned life and when it is lost: each once, in the log and at the webhook', async () => {
  await connectFor(40, ['north', 'south'])
  for (const day of [0, 9, 10, 25, 26, 32, 33, 38, 39, 40]) {
    bench.time.nowMs = NOON + day * DAY_MS
    await look()
    await look()
    const leftDays = 40 - day
    expect(levels()).toEqual([30, 14, 7, 1, 0].filter((level) => leftDays <= level))
  }
  expect(told[0]).toMatchObject({ event: 'connection_ends', sources: ['north', 'south'] })
  expect(told.at(-1)).toMatchObject({ event: 'connection_lost', text: expect.stringContaining('wxcc connect') })
  expect(logged.filter(({ event }) => event.startsWith('connection_')).map(({ event }) => event)).toEqual([
    ...Array.from({ length: 4 }, () => 'connection_ends'),
    'connection_lost',
  ])
})

test('a refresh takes the alarm back, and the next end is told of again', async () => {
  await connectFor(7)
  await look()
  await endIn(90)
  await look()
  await endIn(6)
  await look()
  expect(levels()).toEqual([7, 7])
})

test('a webhook that does not take it is told again later, unless it does not hold any more', async () => {
  await connectFor(14)
  status = 503
  await look()
  status = 200
  await look()
  expect(levels()).toEqual([])
  bench.time.nowMs += MINUTE
  await look()
  expect(levels()).toEqual([14])
  status = 503
  await endIn(1)
  await look()
  await endIn(90)
  status = 200
  bench.time.nowMs += 60 * MINUTE
  await look()
  expect(levels()).toEqual([14])
})

test('a removed source has no alarms', async () => {
  await connectFor(1)
  await bench.db.updateTable('etl.data_source').set({ state: 'removed' }).execute()
  await look()
  expect(levels()).toEqual([])
})

test('work that met a lost consent waits, attempts unspent, and goes on by itself after a consent', async () => {
  const { db, time } = bench
  await addTestSource(db)
  const setState = (state: string) => db.updateTable('etl.credential').set({ state }).execute()
  time.nowMs += QUARTER + 5 * MINUTE
  await look()
  const met = await queuedFetches(db, 'census')
  expect(met).toHaveLength(2)
  await setState('needs_consent')
  for (const { fetch_id: fetchId, generation } of met) {
    const claim = (await claimFetch(db, { fetchId, generation, nowMs: time.nowMs, leaseMs: MINUTE }))!
    const back = { notBeforeMs: null, code: 'consent_needed', spendsAttempt: false, nowMs: time.nowMs } as const
    await giveBack(db, { claim, ...back })
  }
  time.nowMs += 91 * DAY_MS
  await look()
  expect(await queuedFetches(db, 'census')).toEqual([])
  expect(levels()).toEqual([0])

  await setState('active')
  await look()
  const ids = met.map((row) => row.fetch_id)
  const again = (await queuedFetches(db, 'census')).filter((row) => ids.includes(row.fetch_id))
  expect(again).toMatchObject(met.map(({ generation }) => ({ attempts: 0, generation: generation + 1 })))
})
