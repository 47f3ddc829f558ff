import { QUEUES } from '@wxcc/contracts/queues'
import { connectDatabase } from '@wxcc/db/connect'
import { producerRedis } from '@wxcc/queue/connection'
import type { ObjectStore } from '@wxcc/storage/object-store'
import { createLogger } from '@wxcc/telemetry/log'
import { SAMPLE_NOW_MS } from './ledger.testing.ts'
import { openWatchedQueues } from './queues.ts'
import { createServer } from './server.ts'

export const OPERATOR = { user: 'operator', password: 'a password of the tests' }

/** The dashboard on a port, over a real Postgres and Redis; the clock stands at the sample ledger's present. */
export async function startDashboard(at: {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly prefix: string
  readonly isWritable?: boolean
  readonly openObjects?: () => Promise<ObjectStore>
}) {
  const db = connectDatabase({ url: at.databaseUrl, applicationName: 'dashboard' })
  const redis = await producerRedis(at.redisUrl, () => {})
  const queues = openWatchedQueues(QUEUES, redis, at.prefix)
  const server = await createServer({
    db,
    clock: async () => SAMPLE_NOW_MS,
    queues: queues.all,
    operator: OPERATOR,
    isWritable: at.isWritable ?? false,
    openObjects: at.openObjects,
    isReady: async () => (await redis.ping()) === 'PONG',
    log: createLogger('dashboard', { level: 'silent' }),
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  return {
    db,
    url,
    async close() {
      await server.close()
      await queues.close()
      await redis.quit()
      await db.destroy()
    },
  }
}
