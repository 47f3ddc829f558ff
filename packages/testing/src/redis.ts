import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, inject } from 'vitest'
import { failOnOpenSockets } from './open-sockets.ts'
import './services.ts'

/** A prefix nobody else uses, so that files share a server without meeting. */
export function queuePrefix(): string {
  return `test-${randomBytes(6).toString('hex')}`
}

/** At the top of a test file: the run's Redis, a prefix of its own, and a check that no worker or connection outlives the file. */
export function useRedis(): { readonly url: string; readonly prefix: string } {
  const url = inject('redisUrl')
  const prefix = queuePrefix()
  afterAll(async () => {
    await failOnOpenSockets('Redis', Number(new URL(url).port || 6379))
    const redis = new Redis(url)
    const keys = await redis.keys(`${prefix}:*`)
    if (keys.length > 0) await redis.unlink(...keys)
    await redis.quit()
  })
  return { url, prefix }
}
