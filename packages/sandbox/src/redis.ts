import { randomBytes } from 'node:crypto'
import { constants, promises as fs } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type RunningServer, startKeeper } from './start-keeper.ts'

export interface RunningRedis extends RunningServer {
  /** `npm`: evaluation and tests only, about 200 jobs a second and no persistence. */
  readonly kind: 'redis-server' | 'valkey-server' | 'npm'
}

const BINARIES = ['redis-server', 'valkey-server'] as const

/**
 * A Redis on a free loopback port, with append-only file and no eviction: `redis-server` or `valkey-server` from PATH; without one, the
 * server from npm, and a line that says so. Without `dataDir` its folder is temporary and removed when stopped.
 */
export async function startRedis(options: {
  readonly dataDir?: string
  /** Takes the npm server although a real one is there. */
  readonly isNpmForced?: boolean
  /** Where binaries are looked for, as PATH spells it. */
  readonly searchPath?: string
  readonly onLine?: (line: string) => void
}): Promise<RunningRedis> {
  const found =
    options.isNpmForced === true ? undefined : await findBinary(options.searchPath ?? process.env.PATH ?? '')
  if (found === undefined) {
    options.onLine?.(
      'no redis-server or valkey-server on PATH: using the one from npm (about 200 jobs a second, nothing is kept)',
    )
    const server = await startKeeper('redis (npm)', (port) => ({ server: 'npm-redis', port }), options.onLine)
    return { ...server, kind: 'npm' }
  }
  const isTemporary = options.dataDir === undefined
  const dataDir =
    options.dataDir ?? path.join(os.tmpdir(), `wxcc-redis-${process.pid}-${randomBytes(4).toString('hex')}`)
  await fs.mkdir(dataDir, { recursive: true })
  const { file: binary, name: kind } = found
  const server = await startKeeper(
    'redis',
    (port) => ({ server: 'redis', port, dataDir, isTemporary, binary }),
    options.onLine,
  )
  return { ...server, kind }
}

async function findBinary(searchPath: string) {
  for (const name of BINARIES) {
    for (const folder of searchPath.split(path.delimiter).filter(Boolean)) {
      const file = path.join(folder, name)
      const isThere = await fs.access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
      if (isThere) return { name, file }
    }
  }
  return undefined
}
