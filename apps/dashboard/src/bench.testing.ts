import { QUEUES } from '@wxcc/contracts/queues'
import { connectDatabase } from '@wxcc/db/connect'
import { producerRedis } from '@wxcc/queue/connection'
import { createLogger } from '@wxcc/telemetry/log'
import { SAMPLE_NOW_MS } from './ledger.testing.ts'
import { openWatchedQueues } from './queues.ts'
import { type DashboardOptions, createServer } from './server.ts'

export const OPERATOR = { user: 'operator', password: 'a password of the tests' }

/** The dashboard on a port, over a real Postgres and Redis; the clock stands at the sample ledger's present. */
export async function startDashboard({
  databaseUrl,
  redisUrl,
  prefix,
  port = 0,
  ...more
}: {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly prefix: string
  readonly port?: number
} & Partial<DashboardOptions>) {
  const db = connectDatabase({ url: databaseUrl, applicationName: 'dashboard' })
  const redis = await producerRedis(redisUrl, () => {})
  const queues = openWatchedQueues(QUEUES, redis, prefix)
  const server = await createServer({
    db,
    clock: async () => SAMPLE_NOW_MS,
    wallClock: async () => SAMPLE_NOW_MS,
    queues: queues.all,
    settingsUser: OPERATOR,
    isWritable: false,
    isReady: async () => (await redis.ping()) === 'PONG',
    log: createLogger('dashboard', { level: 'silent' }),
    ...more,
  })
  const url = await server.listen({ host: '127.0.0.1', port })
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

/** The session cookie of whoever logs in with this password, as a browser would send it on. */
export async function logIn(url: string, { user, password } = OPERATOR): Promise<{ readonly cookie: string }> {
  const answer = await fetch(`${url}/log-in`, {
    method: 'POST',
    headers: { origin: new URL(url).origin },
    body: new URLSearchParams({ user, password }),
    redirect: 'manual',
  })
  const cookie = answer.headers.getSetCookie()[0]
  if (answer.status !== 303 || cookie === undefined) throw new Error(`the log-in answered ${answer.status}`)
  return { cookie: cookie.split(';')[0]! }
}
