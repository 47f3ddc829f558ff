import { connectDatabase } from '@wxcc/db/connect'
import { createLogger } from '@wxcc/telemetry/log'
import { createOidc } from './access/oidc.ts'
import { createServer } from './server.ts'

/**
 * `node apps/dashboard/src/print-routes.ts`: every route of the board as JSON, `[{"method", "path"}]`, with all that may be switched on. Connects to
 * nothing. For whoever wants to try them without a session.
 */
const routes: { readonly method: string; readonly path: string }[] = []
const db = connectDatabase({ url: 'postgres://127.0.0.1/none', applicationName: 'routes' })
const server = await createServer({
  db,
  clock: async () => 0,
  wallClock: async () => 0,
  queues: [],
  oidc: createOidc({
    issuer: 'http://127.0.0.1/none',
    clientId: 'none',
    clientSecret: 'none',
    groupsClaim: 'groups',
    operatorGroup: 'none',
    viewerGroup: undefined,
  }),
  publicUrl: 'http://127.0.0.1',
  isWritable: true,
  isReady: async () => false,
  log: createLogger('dashboard', { level: 'silent' }),
  onRoute: (method, path) => routes.push({ method, path }),
})
await server.ready()
await server.close()
await db.destroy()
console.log(JSON.stringify(routes, null, 2))
