import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { link, mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RetryableError } from '@wxcc/contracts/failures'
import { type ObjectSource, type ObjectStore, checkKey } from './object-store.ts'
import { openPartFolders } from './part-folders.ts'

/** Objects as files below `root`. A write is a temporary file, fsync, rename: a reader sees the old object, the new one, or none. */
export function openFolderStore(root: string): ObjectStore {
  const pathOf = (key: string): string => path.join(root, ...checkKey(key).split('/'))
  const parts = openPartFolders(root)

  return {
    async put(key, source, { sha256 }) {
      const target = pathOf(key)
      let temporary: string | undefined
      try {
        await mkdir(path.dirname(target), { recursive: true })
        temporary = await parts.begin(key)
        const isLinked = 'file' in source && (await linkSynced(temporary, source))
        if (!isLinked) {
          const hash = await writeSynced(temporary, source)
          if (!hash.equals(sha256)) throw new RetryableError('storage_mismatch')
        }
        await rename(temporary, target)
        await syncFolder(path.dirname(target))
      } catch (error) {
        if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => {})
        throw toFailure(error)
      } finally {
        if (temporary !== undefined) parts.end(temporary)
      }
    },
    async get(key) {
      try {
        return await readFile(pathOf(key))
      } catch (error) {
        return absent(error)
      }
    },
    async open(key) {
      try {
        const handle = await open(pathOf(key), 'r')
        return handle.createReadStream()
      } catch (error) {
        return absent(error)
      }
    },
    link: () => Promise.resolve(undefined),
    async stat(key) {
      try {
        const found = await stat(pathOf(key))
        return found.isFile() ? { byteSize: found.size } : undefined
      } catch (error) {
        return absent(error)
      }
    },
    async *list(prefix) {
      const folder = path.join(root, ...prefix.split('/').slice(0, -1))
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(absent)
      const keys = (entries ?? [])
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
        .filter((key) => key.startsWith(prefix))
      yield* keys.toSorted()
    },
    async remove(key) {
      await rm(pathOf(key), { force: true }).catch((error: unknown) => {
        throw toFailure(error)
      })
    },
  }
}

/** Why a file cannot get a second name: another disk, a system without such names, too many of them, or somebody else's file. */
const UNLINKABLE: ReadonlySet<string> = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/**
 * A spooled file on the same disk needs no copy: it gets a second name, and is synced. Its bytes are those that were hashed on their way to the disk.
 * False where that cannot be done.
 */
async function linkSynced(
  file: string,
  source: { readonly file: string; readonly byteSize: number },
): Promise<boolean> {
  await checkSize(source)
  try {
    await link(source.file, file)
  } catch (error) {
    if (UNLINKABLE.has(codeOf(error) ?? '')) return false
    throw error
  }
  const handle = await open(file, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
  return true
}

/** Answers the hash of what was written. */
async function writeSynced(file: string, source: ObjectSource): Promise<Buffer> {
  const hash = createHash('sha256')
  if (source instanceof Uint8Array) {
    const handle = await open(file, 'wx')
    try {
      await handle.writeFile(source)
      await handle.sync()
    } finally {
      await handle.close()
    }
    return hash.update(source).digest()
  }
  await checkSize(source)
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(createReadStream(source.file), hashing, createWriteStream(file, { flags: 'wx', flush: true }))
  return hash.digest()
}

/** Throws `storage_mismatch` if the file is not as long as declared. */
export async function checkSize(source: { readonly file: string; readonly byteSize: number }): Promise<void> {
  const { size } = await stat(source.file)
  if (size !== source.byteSize)
    throw new RetryableError('storage_mismatch', { detail: `${size} of ${source.byteSize} bytes` })
}

/** A rename survives a power cut only when its folder is synced too. Some systems cannot open folders; their renames are synced anyway. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => {})
  await handle?.close()
}

function absent(error: unknown): undefined {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  throw toFailure(error)
}

function toFailure(error: unknown): unknown {
  const code = codeOf(error)
  return code === undefined ? error : new RetryableError('storage_unavailable', { detail: code })
}

/** Node's system error code, without the path its message holds. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined
}
