import { randomUUID } from 'node:crypto'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Room for one file while it is downloaded and verified. */
export interface SpoolSlot {
  readonly file: string
  /**
   * Waits until the folder may hold this many bytes for this file. A file longer than the whole limit waits until it is alone. Room that was held
   * but is too small is given back while it waits, so that two files cannot wait for each other. Rejects when `signal` aborts.
   */
  reserve(bytes: number, signal?: AbortSignal): Promise<void>
  /** The same without waiting; false when it would have to. */
  tryReserve(bytes: number): boolean
  /** Removes the file and gives its room back. Twice is harmless. */
  release(): Promise<void>
}

export interface Spool {
  open(): SpoolSlot
  /** Bytes reserved at present. */
  usedBytes(): number
  /** Removes the folder of this process. */
  close(): Promise<void>
}

/**
 * A bounded folder on local disk. Reservations are served in the order they were asked for, so that a long recording is not starved by short
 * ones. Folders whose process is gone are removed first.
 */
export async function openSpool(options: { readonly folder: string; readonly maxBytes: number }): Promise<Spool> {
  const { folder, maxBytes } = options
  await mkdir(folder, { recursive: true })
  await removeAbandoned(folder)
  const own = path.join(folder, `spool-${randomUUID()}`)
  await mkdir(own)
  await writeFile(path.join(own, OWNER), `${process.pid} ${PROCESS_MARK}`)

  let usedBytes = 0
  const waiting: { readonly bytes: number; readonly serve: () => void }[] = []
  const hasRoom = (bytes: number) => usedBytes === 0 || usedBytes + bytes <= maxBytes

  function serveWaiting(): void {
    for (let first = waiting[0]; first !== undefined && hasRoom(first.bytes); first = waiting[0]) {
      waiting.shift()
      usedBytes += first.bytes
      first.serve()
    }
  }

  return {
    open() {
      const file = path.join(own, randomUUID())
      let held = 0
      const giveBack = () => {
        usedBytes -= held
        held = 0
        serveWaiting()
      }
      return {
        file,
        tryReserve(bytes) {
          if (bytes <= held) return true
          if (waiting.length > 0) return false
          usedBytes -= held
          const isServed = hasRoom(bytes)
          held = isServed ? bytes : held
          usedBytes += held
          return isServed
        },
        async reserve(bytes, signal) {
          if (bytes <= held) return
          signal?.throwIfAborted()
          giveBack()
          await new Promise<void>((resolve, reject) => {
            const giveUp = () => {
              waiting.splice(waiting.indexOf(one), 1)
              serveWaiting()
              reject(signal!.reason as Error)
            }
            const serve = () => {
              signal?.removeEventListener('abort', giveUp)
              resolve()
            }
            const one = { bytes, serve }
            waiting.push(one)
            signal?.addEventListener('abort', giveUp, { once: true })
            serveWaiting()
          })
          held = bytes
        },
        async release() {
          await rm(file, { force: true })
          giveBack()
        },
      }
    },
    usedBytes: () => usedBytes,
    close: () => rm(own, { recursive: true, force: true }),
  }
}

const OWNER = 'owner'
/** In a container every process is number 1, also the one that crashed before; the mark tells them apart. */
const PROCESS_MARK = randomUUID()

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith('spool-')) continue
    const text = await readFile(path.join(folder, name, OWNER), 'utf8').catch(() => '')
    if (text === '' || !isAlive(text)) await rm(path.join(folder, name), { recursive: true, force: true })
  }
}

function isAlive(owner: string): boolean {
  const [number, mark] = owner.split(' ')
  const pid = Number(number)
  if (pid === process.pid) return mark === PROCESS_MARK
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
