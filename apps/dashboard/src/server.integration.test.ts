import { fetchSpan } from '@wxcc/contracts/fetch-span'
import { producerRedis } from '@wxcc/queue/connection'
import { openQueues } from '@wxcc/queue/enqueue'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logIn, startDashboard } from './bench.testing.ts'
import { fillLedger } from './ledger.testing.ts'
import type { Overview } from './read/overview.ts'

const database = useDatabase()
const redis = useRedis()
let dashboard: Awaited<ReturnType<typeof startDashboard>>
let session: { readonly cookie: string }

beforeAll(async () => {
  dashboard = await startDashboard({ databaseUrl: database.url(), redisUrl: redis.url, prefix: redis.prefix })
  session = await logIn(dashboard.url)
  await fillLedger(dashboard.db)
  const producer = await producerRedis(redis.url, () => {})
  const queues = openQueues(producer, { prefix: redis.prefix })
  await queues.enqueue(fetchSpan, { fetchId: 17, generation: 3 })
  await queues.close()
  await producer.quit()
})
afterAll(() => dashboard.close())

const ask = (path: string, init?: RequestInit) => fetch(`${dashboard.url}${path}`, { redirect: 'manual', ...init })
const askLoggedIn = (path: string, init?: RequestInit) =>
  ask(path, { ...init, headers: { ...session, origin: dashboard.url } })

/** A script of Bull Board, as its page names it. */
async function boardScript(): Promise<string> {
  const page = await (await askLoggedIn('/queues/')).text()
  return `/queues/${/src="(static\/js\/[^"]+)"/.exec(page)![1]!}`
}

describe('log-in', () => {
  it.each(['/', '/api/completeness', '/style.css', '/queues', '/queues/', '/queues/api/queues', '/no/such/page'])(
    'is asked for at %s',
    async (path) => {
      const answer = await ask(path)
      expect(answer.status).toBe(401)
      expect(await answer.text()).not.toContain('fetch-span')
    },
  )

  it('is asked for at the static files of Bull Board', async () => {
    const script = await boardScript()
    expect((await ask(script)).status).toBe(401)
    expect((await askLoggedIn(script)).status).toBe(200)
  })

  it.each(['/', '/api/completeness', '/style.css', '/icon.svg', '/queues/', '/queues/api/queues'])(
    'opens %s',
    async (path) => {
      expect((await askLoggedIn(path)).status).toBe(200)
    },
  )

  it('is not asked for by the probes', async () => {
    expect((await ask('/healthz')).status).toBe(200)
    expect((await ask('/readyz')).status).toBe(200)
  })
})

describe('security headers', () => {
  it('forbid framing, foreign scripts and sniffing', async () => {
    const { headers } = await askLoggedIn('/')
    expect(headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
  })
})

describe('Bull Board', () => {
  it('lists every queue with its jobs', async () => {
    const { queues } = (await (await askLoggedIn('/queues/api/queues')).json()) as {
      queues: { name: string; counts: { waiting: number }; readOnlyMode: boolean }[]
    }
    expect(queues.map((queue) => queue.name)).toEqual([
      'fetch-live',
      'count-windows',
      'fetch-configuration',
      'fetch-span',
      'map-span',
      'download-captures',
      'map-transcript',
    ])
    expect(queues.every((queue) => queue.readOnlyMode)).toBe(true)
    expect(queues.find((queue) => queue.name === 'fetch-span')!.counts.waiting).toBe(1)
  })

  it('changes nothing unless it is told that it may', async () => {
    const pause = '/queues/api/queues/fetch-span/pause'
    expect((await askLoggedIn(pause, { method: 'PUT' })).status).toBe(405)
    const writable = await startDashboard({
      databaseUrl: database.url(),
      redisUrl: redis.url,
      prefix: `${redis.prefix}:writable`,
      isWritable: true,
    })
    try {
      const headers = { ...(await logIn(writable.url)), origin: writable.url }
      expect((await fetch(`${writable.url}${pause}`, { method: 'PUT', headers })).status).toBe(200)
    } finally {
      await writable.close()
    }
  })
})

describe('completeness', () => {
  it('answers the figures of every source as JSON', async () => {
    const overview = (await (await askLoggedIn('/api/completeness')).json()) as Overview
    const source = overview.sources[0]!
    expect(source.days.map((day) => [day.day, day.isComplete, day.tasksStored, day.tasksExpected])).toEqual([
      ['2026-11-22', false, 58 * 21, 58 * 21],
      ['2026-11-21', false, 93 * 21 + 16 + 22, 96 * 21],
      ['2026-11-20', true, 96 * 21, 96 * 21],
    ])
    // Yesterday's three, and of both streams 13:45, 14:00 and 14:15; 14:30 ended at 14:45 and settles until 14:50.
    expect(source.due).toEqual({ windows: 9, oldestMs: Date.UTC(2026, 10, 21, 10) })
    expect(source.maps.map((map) => map.stream)).toEqual(['task', 'agent_session'])
    expect(source.backlog).toHaveLength(4)
    expect(source.backlog).toContainEqual({ lane: 'history', state: 'failed', fetches: 1 })
    expect(source.captures).toContainEqual({ kind: 'recording', state: 'stored', captures: 1, bytes: 4_200_000 })
    expect(source.requests).toContainEqual({
      lane: 'live',
      thisHour: 37,
      lastHour: 0,
      throttledThisHour: 1,
      failedThisHour: 0,
    })
    expect(overview.deadLetters.total).toBe(1)
    expect(overview.deadLetters.latest[0]).toMatchObject({ jobId: 'fetch-span.17.g3', code: 'vendor_malformed' })
    expect(overview.deadLetters.latest[0]!.sentence).toContain('not what its documentation says')
  })

  it('shows only the days asked for, and counts the gaps before them', async () => {
    const overview = (await (await askLoggedIn('/api/completeness?days=1')).json()) as Overview
    expect(overview.sources[0]!.days.map((day) => day.day)).toEqual(['2026-11-22'])
    expect(overview.sources[0]!.olderGaps).toEqual({ windows: 3, oldestMs: Date.UTC(2026, 10, 21, 10) })
    expect((await askLoggedIn('/?days=0')).status).toBe(400)
    expect((await askLoggedIn('/?days=many')).status).toBe(400)
  })
})
