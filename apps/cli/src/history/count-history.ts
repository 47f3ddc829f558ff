import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@wxcc/contracts/clock'
import { RateLimitedError } from '@wxcc/contracts/failures'
import type { Stream } from '@wxcc/contracts/ledger'
import { DAY_MS, type Window } from '@wxcc/contracts/window'
import type { Database } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import type { Source } from '@wxcc/db/data-source'
import type { SealingKey } from '@wxcc/db/seal'
import { checkRedis, producerRedis } from '@wxcc/queue/connection'
import { connecting } from '@wxcc/runtime/connecting'
import { createLogger } from '@wxcc/telemetry/log'
import { type Vendors, openVendors } from '@wxcc/vendor-worker/open-vendors'
import { DEFAULT_MAX_PAGE_BYTES } from '@wxcc/webex/client'
import { MAX_DAYS, countDays } from '@wxcc/webex/count-windows'
import type { CountedDay } from './forecast.ts'

/** Real time between two tries while the budget is used up; it says itself how long, but by a clock that may run faster. */
const PATIENCE_MS = 5_000

export interface Counting {
  readonly db: Database
  readonly now: Clock
  readonly key: SealingKey
  readonly redisUrl: string
  readonly prefix: string
}

/**
 * What the vendor counts of every stream and UTC day: one request for up to 365 days, with a token of the client id's budget like any other. Says so when
 * it has to wait. Throws `ConnectionError` when Redis, which holds the budget, does not answer, and what asking the vendor throws.
 */
export async function countHistory(
  at: Counting,
  source: Source,
  asked: { readonly range: Window; readonly streams: readonly Stream[]; readonly say: (line: string) => void },
): Promise<ReadonlyMap<Stream, CountedDay[]>> {
  await connecting('REDIS_URL', () => checkRedis(at.redisUrl))
  const redis = await connecting('REDIS_URL', () => producerRedis(at.redisUrl, () => {}))
  try {
    const { db, now, prefix } = at
    const credentials = openCredentials(db, at.key)
    const vendors = openVendors({ db, credentials, redis, prefix, now, maxPageBytes: DEFAULT_MAX_PAGE_BYTES })
    const counts = new Map<Stream, CountedDay[]>()
    for (const stream of asked.streams) {
      const days: CountedDay[] = []
      for (let { fromMs } = asked.range; fromMs < asked.range.toMs; fromMs += MAX_DAYS * DAY_MS) {
        const range = { stream, fromMs, toMs: Math.min(fromMs + MAX_DAYS * DAY_MS, asked.range.toMs) }
        days.push(...(await whenThereIsBudget(() => countOnce(vendors, source, range), asked.say)))
      }
      counts.set(stream, days)
    }
    return counts
  } finally {
    redis.disconnect()
  }
}

async function countOnce(
  vendors: Vendors,
  source: Source,
  range: Window & { readonly stream: Stream },
): Promise<readonly CountedDay[]> {
  const job = {
    signal: new AbortController().signal,
    log: createLogger('cli', { level: 'silent' }),
    countRequest: () => {},
  }
  // A person waits: these few come before what works by itself, behind what is live.
  const claim = { dataSourceId: source.dataSourceId, lane: 'repair' } as const
  return await vendors.withVendor(claim, job, async ({ client }) => (await countDays(client, range)).counts)
}

async function whenThereIsBudget<T>(ask: () => Promise<T>, say: (line: string) => void): Promise<T> {
  for (let hasSaid = false; ;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof RateLimitedError)) throw error
      if (!hasSaid) say('the request budget is used up: waiting')
      hasSaid = true
      await sleep(PATIENCE_MS)
    }
  }
}
