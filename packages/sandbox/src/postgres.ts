import { createHash, randomBytes } from 'node:crypto'
import { promises as fs } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type RunningServer, startKeeper } from './start-keeper.ts'

/**
 * An embedded Postgres on a free loopback port; works as root too. Without `dataDir` the cluster is temporary: fast, not durable, removed when
 * stopped. With it the cluster is made once and kept. `url` names the database `postgres`; the user may create others.
 */
export async function startPostgres(options: {
  readonly dataDir?: string
  readonly onLine?: (line: string) => void
}): Promise<RunningServer> {
  const isTemporary = options.dataDir === undefined
  const dataDir = isTemporary ? temporaryFolder() : await reachableFolder(path.resolve(options.dataDir), options.onLine)
  // As root the server runs as another user, who must be able to walk to its folder: mkdtemp's 0700 would stop it.
  await fs.mkdir(path.dirname(dataDir), { recursive: true })
  return startKeeper('postgres', (port) => ({ server: 'postgres', port, dataDir, isTemporary }), options.onLine)
}

function temporaryFolder(): string {
  return path.join(os.tmpdir(), `wxcc-postgres-${process.pid}-${randomBytes(4).toString('hex')}`)
}

/** As root, a folder below one that others may not enter (such as /root) moves to a fixed place under the temporary folder, and says so. */
async function reachableFolder(folder: string, onLine?: (line: string) => void): Promise<string> {
  if (process.getuid?.() !== 0 || (await isReachable(path.dirname(folder)))) return folder
  const moved = path.join(
    os.tmpdir(),
    `wxcc-postgres-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`,
  )
  onLine?.(`postgres runs as user postgres, who may not enter ${path.dirname(folder)}; its data lies in ${moved}`)
  return moved
}

async function isReachable(folder: string): Promise<boolean> {
  for (let at = folder; ; at = path.dirname(at)) {
    const stat = await fs.stat(at).catch(() => undefined)
    if (stat !== undefined && (stat.mode & 0o001) === 0) return false
    if (at === path.dirname(at)) return true
  }
}
