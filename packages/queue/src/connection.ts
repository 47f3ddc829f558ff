import { Redis } from 'ioredis'
import { z } from 'zod'

/** `REDIS_URL` delivers jobs and keeps the request budget; it may be flushed at any moment. */
export const queueSettings = {
  REDIS_URL: z.url({ protocol: /^rediss?$/, message: 'must be a redis:// address' }),
  /** First part of every key, so that several installations may share a server. With Redis Cluster write it in braces: `{wxcc}`. */
  QUEUE_PREFIX: z.string().default('wxcc'),
}

type OnError = (error: Error) => void

/** For workers: commands wait for as long as Redis is away. */
export function workerRedis(url: string, onError: OnError): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: null })
  // Without a listener ioredis prints errors by itself.
  redis.on('error', onError)
  return redis
}

/** For producers and the budget: with Redis away a command fails at once instead of waiting. Resolves when connected; throws what went wrong. */
export async function producerRedis(url: string, onError: OnError): Promise<Redis> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false, lazyConnect: true })
  redis.on('error', onError)
  await connect(redis)
  return redis
}

/** For the start of an app: throws Node's own error (`ECONNREFUSED` …) or Redis' (`NOAUTH` …) if the server cannot be used. */
export async function checkRedis(url: string): Promise<void> {
  const redis = new Redis(url, {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    lazyConnect: true,
    retryStrategy: null,
  })
  try {
    await connect(redis)
    await redis.ping()
  } finally {
    redis.disconnect()
  }
}

/** ioredis rejects `connect()` with "Connection is closed" and tells the cause only to its listeners. */
async function connect(redis: Redis): Promise<void> {
  let cause: Error | undefined
  const remember = (error: Error) => {
    cause = error
  }
  redis.on('error', remember)
  try {
    await redis.connect()
  } catch (error) {
    redis.disconnect()
    throw cause ?? error
  } finally {
    redis.off('error', remember)
  }
}
