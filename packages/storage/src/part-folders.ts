import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

/** Below the first part of a key, which may be a disk of its own. Keys never begin a part with a dot, so what lies here is never listed. */
const FOLDER = '.parts'
const PART = /^\.part-(?<host>.+)-(?<pid>\d+)-[\da-f-]{36}$/
/** Nobody writes one file for so long; whether a writer on another machine is alive cannot be asked. */
const FORGOTTEN_MS = 24 * 3_600_000

/** Being written by this process, whichever store of it does. */
const mine = new Set<string>()

/** Where files are written before they get their name. */
export interface PartFolders {
  /** A path for the object's bytes, on the disk that it will be renamed on. The first one in a folder removes what writers that died there left. */
  begin(key: string): Promise<string>
  /** The file has its name, or is gone. */
  end(part: string): void
}

export function openPartFolders(root: string): PartFolders {
  const swept = new Map<string, Promise<void>>()
  return {
    async begin(key) {
      const [kind, ...rest] = key.split('/')
      const folder = path.join(root, rest.length === 0 ? '' : kind!, FOLDER)
      const sweeping = swept.get(folder) ?? sweep(folder)
      swept.set(folder, sweeping)
      await sweeping.catch((error: unknown) => {
        swept.delete(folder)
        throw error
      })
      const part = path.join(folder, `.part-${os.hostname()}-${process.pid}-${randomUUID()}`)
      mine.add(part)
      return part
    },
    end: (part) => void mine.delete(part),
  }
}

/** A part may hold a recording: one whose writer was killed is nobody's, and would outlive every retention. */
async function sweep(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const parts = (await readdir(folder)).map((name) => path.join(folder, name))
  await Promise.all(parts.map(async (part) => (await isAbandoned(part)) && rm(part, { force: true })))
}

async function isAbandoned(part: string): Promise<boolean> {
  const { host, pid } = PART.exec(path.basename(part))?.groups ?? {}
  if (pid === undefined) return false
  if (host === os.hostname()) return Number(pid) === process.pid ? !mine.has(part) : !isAlive(Number(pid))
  const found = await stat(part).catch(() => undefined)
  return found !== undefined && found.mtimeMs < Date.now() - FORGOTTEN_MS
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
