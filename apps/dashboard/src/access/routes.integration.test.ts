import { readFile } from 'node:fs/promises'
import { globSync } from 'node:fs'
import path from 'node:path'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { serveHealth } from '@wxcc/runtime/health'
import { createLogger } from '@wxcc/telemetry/log'
import { serveMetrics } from '@wxcc/telemetry/serve-metrics'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startDashboard } from '../bench.testing.ts'
import { createWebhookServer } from '../webhooks/serve-webhooks.ts'
import { createOidc } from './oidc.ts'

const database = useDatabase()
const redis = useRedis()
const routes: { readonly method: string; readonly path: string }[] = []
let board: Awaited<ReturnType<typeof startDashboard>>

beforeAll(async () => {
  const oidc = { issuer: 'http://127.0.0.1:1', clientId: 'x', clientSecret: 'x', groupsClaim: 'groups' }
  board = await startDashboard({
    databaseUrl: database.url(),
    redisUrl: redis.url,
    prefix: redis.prefix,
    isWritable: true,
    publicUrl: 'http://127.0.0.1',
    oidc: createOidc({ ...oidc, operatorGroup: 'x', viewerGroup: undefined }),
    onRoute: (method, at) => routes.push({ method, path: at }),
  })
})
afterAll(() => board.close())

const ROOT = path.join(import.meta.dirname, '../../../..')
/** Every file of ours that opens a port in production. A new one belongs here, and its routes below. */
const LISTENERS = [
  'apps/cli/src/connect/loopback.ts', // of one consent, on 127.0.0.1, while `wxcc connect` runs; answers its own state only
  'apps/dashboard/src/server.ts',
  'apps/dashboard/src/webhooks/serve-webhooks.ts',
  'packages/runtime/src/health.ts',
  'packages/telemetry/src/serve-metrics.ts',
]
/** Plays the vendor, or measures; never part of an installation. */
const NOT_INSTALLED =
  /^apps\/webex-simulator\/|^apps\/cli\/src\/bench\/|^packages\/(sandbox|testing)\/|\/fixtures\/|\.test(ing)?\.ts$/

it('every port that anything opens is known here', async () => {
  const files = globSync('{apps,packages}/*/src/**/*.ts', { cwd: ROOT }).filter((file) => !NOT_INSTALLED.test(file))
  const opens = await Promise.all(
    files.map(async (file) =>
      /\b(fastify|createServer|express)\(\s*[^)]/.test(await readFile(path.join(ROOT, file), 'utf8'))
        ? file
        : undefined,
    ),
  )
  const found = opens.filter(
    (file) =>
      file !== undefined && file !== 'apps/dashboard/src/main.ts' && file !== 'apps/dashboard/src/print-routes.ts',
  )
  expect(new Set(found)).toEqual(new Set(LISTENERS))
})

it('of the board only the probes and the log-in answer without a session', async () => {
  const open: string[] = []
  for (const { method, path: at } of routes) {
    const url = `${board.url}${at.replaceAll(/:\w+/g, '1').replace('*', 'x')}`
    for (const accept of ['text/html', 'application/json']) {
      const answer = await fetch(url, { method, headers: { accept, origin: 'http://127.0.0.1' }, redirect: 'manual' })
      const isSentAway = answer.headers.get('location')?.startsWith('/log-in?next=') === true
      if (answer.status !== 401 && !isSentAway) open.push(`${method} ${at}`)
    }
  }
  const allowed = ['/healthz', '/readyz', '/log-in', '/log-in/oidc', '/log-in/oidc/callback']
  expect([...new Set(open)].sort()).toEqual(
    [...allowed.flatMap((at) => [`GET ${at}`, `HEAD ${at}`]), 'POST /log-in'].sort(),
  )
  expect(routes.filter(({ path: at }) => at.startsWith('/queues')).length).toBeGreaterThan(30)
})

it('of the webhooks’ port only the signed webhook answers', async () => {
  const db = board.db
  const log = createLogger('dashboard', { level: 'silent' })
  const webhooks = createWebhookServer({ db, clock: postgresClock(db), log, master: Buffer.alloc(32, 7) })
  await webhooks.ready()
  expect(webhooks.printRoutes({ commonPrefix: false }).trim()).toBe('└── /webhooks/:source (POST)')
  const answer = await webhooks.inject({ method: 'POST', url: '/webhooks/sample', payload: '{}' })
  await webhooks.close()
  expect([answer.statusCode, answer.body]).toEqual([204, ''])
  expect(await db.selectFrom('etl.hint').selectAll().execute()).toEqual([])
})

it('of the workers’ ports only the probes answer, and the metrics on theirs', async () => {
  const health = await serveHealth({ host: '127.0.0.1', port: 0, checks: {}, isDraining: () => false })
  const metrics = await serveMetrics({ host: '127.0.0.1', port: 0 })
  const tried = ['/', '/healthz', '/readyz', '/metrics', '/queues/', '/api/completeness', '/debug', '/healthz/x']
  const answering = async (url: string) => {
    const statuses = await Promise.all(tried.map(async (at) => [at, (await fetch(new URL(at, url))).status] as const))
    return statuses.filter(([, status]) => status !== 404).map(([at]) => at)
  }
  expect(await answering(health.url)).toEqual(['/healthz', '/readyz'])
  expect(await answering(metrics.url)).toEqual(['/metrics'])
  await Promise.all([health.close(), metrics.close()])
})
