import { RateLimitedError } from '@wxcc/contracts/failures'
import { LANES, type Lane } from '@wxcc/contracts/ledger'
import { learnFromThrottle, type RequestRate } from '@wxcc/contracts/request-rate'
import { useRedis } from '@wxcc/testing/redis'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Budget, openBudget } from './budget.ts'
import { producerRedis } from './connection.ts'

const LIMIT = 300
const MINUTE_MS = 60_000
const { url, prefix } = useRedis()
/** A numbered database of its own, so that it can be flushed while other files work beside it. */
const ownUrl = `${url}/7`

let connections: Redis[]
let nowMs: number
let clientId: string
let rate: RequestRate
let run = 0

beforeAll(async () => {
  connections = await Promise.all([1, 2, 3].map(() => producerRedis(ownUrl, () => {})))
})
afterAll(async () => {
  await connections[0]!.flushdb()
  await Promise.all(connections.map((redis) => redis.quit()))
})
beforeEach(() => {
  nowMs = Date.UTC(2026, 0, 15)
  clientId = `client-${++run}`
  rate = { limitPerMinute: LIMIT, share: 1, learnedPerMinute: null, throttledAtMs: null, closedUntilMs: null }
})

/** One budget per simulated process, each on its own connection. */
function processes(maxWaitMs = 0): Budget[] {
  return connections.map((redis) =>
    openBudget({ redis, prefix, clientId, now: async () => nowMs, rate: () => rate, maxWaitMs }),
  )
}

async function isGranted(budget: Budget, lane: Lane): Promise<boolean> {
  try {
    await budget.acquire(lane)
    return true
  } catch (error) {
    if (error instanceof RateLimitedError) return false
    throw error
  }
}

async function takeAll(budget: Budget, lane: Lane): Promise<number> {
  let taken = 0
  while (await isGranted(budget, lane)) taken++
  return taken
}

/** The fullest closed minute. */
function fullestMinute(times: readonly number[]): number {
  let first = 0
  let most = 0
  for (let last = 0; last < times.length; last++) {
    while (times[last]! - times[first]! > MINUTE_MS) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}

/** Mulberry32: the same story for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

describe('the limit', () => {
  test.each([1, 2, 3, 4])(
    'no sliding minute of three processes exceeds 95 percent, through flushes and pauses (seed %i)',
    async (seed) => {
      const random = randomOf(seed)
      const budgets = processes()
      const granted: number[] = []
      let flushes = 0
      for (const endMs = nowMs + 6 * MINUTE_MS; nowMs < endMs;) {
        // Mostly a steady rush, sometimes a long pause that lets the bucket fill.
        nowMs += random() < 0.02 ? Math.floor(random() * 30_000) : Math.floor(random() * 900)
        if (random() < 0.03) {
          await connections[0]!.flushdb()
          flushes++
        }
        const lane = LANES[Math.floor(random() * LANES.length)]!
        const taken = await Promise.all(budgets.map((budget) => takeAll(budget, lane)))
        for (let i = taken.reduce((sum, n) => sum + n, 0); i > 0; i--) granted.push(nowMs)
      }
      expect(flushes).toBeGreaterThan(3)
      expect(fullestMinute(granted)).toBeLessThanOrEqual(LIMIT * 0.95)
      // And it is worth having: well used although flushed every so often.
      expect(granted.length).toBeGreaterThan(6 * LIMIT * 0.5)
    },
  )

  test('a full bucket and a greedy minute use exactly what is allowed', async () => {
    const [budget] = processes() as [Budget]
    await takeAll(budget, 'live')
    nowMs += 5 * MINUTE_MS
    const granted: number[] = []
    for (const endMs = nowMs + 2 * MINUTE_MS; nowMs < endMs; nowMs += 100) {
      for (let i = await takeAll(budget, 'live'); i > 0; i--) granted.push(nowMs)
    }
    expect(granted.filter((ms) => ms === granted[0])).toHaveLength(15)
    expect(fullestMinute(granted)).toBeGreaterThan(280)
    expect(fullestMinute(granted)).toBeLessThanOrEqual(285)
  })

  test('an unknown client id starts empty', async () => {
    const [budget] = processes() as [Budget]
    await expect(budget.acquire('live')).rejects.toMatchObject({ code: 'budget_empty', retryAfterMs: 223 })
    nowMs += 223
    expect(await takeAll(budget, 'live')).toBe(1)
  })
})

describe('lanes', () => {
  test('a lower lane leaves tokens for the higher ones', async () => {
    const [first, second] = processes() as [Budget, Budget]
    await takeAll(first, 'live')
    nowMs += MINUTE_MS
    expect(await takeAll(first, 'audio')).toBe(7)
    expect(await takeAll(second, 'history')).toBe(3)
    expect(await takeAll(first, 'repair')).toBe(3)
    expect(await takeAll(second, 'live')).toBe(2)
  })

  test('alone, the lowest lane still gets the whole rate', async () => {
    const [budget] = processes() as [Budget]
    await takeAll(budget, 'live')
    nowMs += MINUTE_MS
    await takeAll(budget, 'audio')
    let taken = 0
    for (let i = 0; i < 600; i++) {
      nowMs += 100
      taken += await takeAll(budget, 'audio')
    }
    expect(taken).toBeGreaterThanOrEqual(269)
  })
})

describe('a rate too small for a burst', () => {
  test('a waiting lane goes before the lower ones that ask more often', async () => {
    rate = { ...rate, share: 0.06 }
    const [live, history] = processes() as [Budget, Budget]
    await takeAll(history, 'history')
    nowMs += MINUTE_MS
    await takeAll(history, 'history')
    const waits: number[] = []
    let ofHistory = 0
    for (let request = 0; request < 5; request++) {
      const begunMs = nowMs
      // History asks ten times as often, and first.
      for (;;) {
        for (let i = 0; i < 10; i++) ofHistory += await takeAll(history, 'history')
        if (await isGranted(live, 'live')) break
        nowMs += 200
      }
      waits.push(nowMs - begunMs)
    }
    const intervalMs = 60_000 / 16
    expect(Math.max(...waits)).toBeLessThanOrEqual(intervalMs + 400)
    expect(ofHistory).toBeLessThanOrEqual(1)
    // Who waited and left holds nobody up.
    nowMs += 2_000 + intervalMs
    expect(await takeAll(history, 'history')).toBe(1)
  })
})

describe('floors', () => {
  test('a lane gets its floor however many others ask, and the total is what it was', async () => {
    const [busy, starving] = processes() as [Budget, Budget]
    await takeAll(busy, 'live')
    const granted: number[] = []
    const ofLane = { history: 0, audio: 0 }
    for (const endMs = nowMs + 2 * MINUTE_MS; nowMs < endMs; nowMs += 100) {
      // The busy ones always ask first.
      for (let i = await takeAll(busy, 'live'); i > 0; i--) granted.push(nowMs)
      for (let i = await takeAll(busy, 'repair'); i > 0; i--) granted.push(nowMs)
      for (const lane of ['history', 'audio'] as const) {
        const taken = await takeAll(starving, lane)
        ofLane[lane] += taken
        for (let i = taken; i > 0; i--) granted.push(nowMs)
      }
    }
    // Two of a hundred, two minutes long, and the wait for a token each time.
    expect(ofLane.history).toBeGreaterThanOrEqual(9)
    expect(ofLane.audio).toBeGreaterThanOrEqual(9)
    expect(fullestMinute(granted)).toBeLessThanOrEqual(LIMIT * 0.95)
    expect(granted.length).toBeGreaterThan(2 * 265)
  })

  test('a token kept for a lane that went away is not lost for long', async () => {
    const [first, second] = processes() as [Budget, Budget]
    await takeAll(first, 'live')
    nowMs += 12_000
    await takeAll(first, 'live')
    expect(await isGranted(second, 'audio')).toBe(false)
    // Kept for audio, which never asks again.
    nowMs += 223
    expect(await isGranted(first, 'live')).toBe(false)
    nowMs += 1_800
    expect(await takeAll(first, 'live')).toBeGreaterThanOrEqual(8)
  })
})

describe('what the ledger knows', () => {
  test('a closed client id stays closed when Redis has forgotten it', async () => {
    const [budget] = processes() as [Budget]
    await takeAll(budget, 'live')
    nowMs += MINUTE_MS
    await connections[0]!.flushdb()
    rate = { ...rate, closedUntilMs: nowMs + 40_000 }
    await expect(budget.acquire('live')).rejects.toMatchObject({ code: 'budget_empty', retryAfterMs: 40_000 })
  })

  test('a refusal slows every lane, and ten quiet minutes bring the rate back', async () => {
    const [budget] = processes() as [Budget]
    const inAMinute = async () => {
      let taken = 0
      for (const endMs = nowMs + MINUTE_MS; nowMs < endMs; nowMs += 50) taken += await takeAll(budget, 'live')
      return taken
    }
    await inAMinute()
    expect(await inAMinute()).toBeGreaterThanOrEqual(268)
    rate = learnFromThrottle(rate, { nowMs, closedUntilMs: nowMs })
    const slow = await inAMinute()
    expect(slow).toBeGreaterThan(200)
    expect(slow).toBeLessThan(230)
    nowMs += 10 * MINUTE_MS
    await inAMinute()
    expect(await inAMinute()).toBeGreaterThanOrEqual(268)
  })
})

describe('a 429', () => {
  test('closes the client id for every process, and opens without a burst', async () => {
    const [first, second] = processes() as [Budget, Budget]
    await takeAll(first, 'live')
    nowMs += MINUTE_MS
    await first.close(nowMs + 30_000)
    await first.close(nowMs + 5_000)
    await expect(second.acquire('live')).rejects.toMatchObject({ code: 'budget_empty', retryAfterMs: 30_000 })
    nowMs += 29_999
    expect(await takeAll(second, 'live')).toBe(0)
    nowMs += 1 + 223
    expect(await takeAll(second, 'live')).toBe(1)
  })
})

describe('waiting', () => {
  test('acquire waits until the clock says so', async () => {
    const [budget] = processes(230) as [Budget]
    const waiting = budget.acquire('live')
    nowMs += 223
    await expect(waiting).resolves.toBeUndefined()
    expect(await takeAll(budget, 'live')).toBe(0)
  })

  test('a signal ends the wait with its reason', async () => {
    const [budget] = processes(60_000) as [Budget]
    await budget.close(nowMs + 30_000)
    const stop = new AbortController()
    const waiting = budget.acquire('live', { signal: stop.signal })
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('without Redis nothing may be asked, and no attempt is spent', async () => {
    const redis = await producerRedis(ownUrl, () => {})
    const budget = openBudget({ redis, prefix, clientId, now: async () => nowMs, rate: () => rate })
    redis.disconnect()
    await expect(budget.acquire('live')).rejects.toMatchObject({ name: 'RateLimitedError', code: 'budget_empty' })
  })
})
