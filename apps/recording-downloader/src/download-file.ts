import { type Hash, createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { RetryableError } from '@wxcc/contracts/failures'
import got from 'got'
import type { SpoolSlot } from './spool.ts'

export interface DownloadedFile {
  readonly byteSize: number
  readonly sha256: Buffer
  /** As the server declared it, without parameters and in small letters; null if it did not. */
  readonly contentType: string | null
}

/** A link that breaks off is asked for the rest this often; then the listing is asked for a fresh one by the ledger. */
const MAX_RESUMES = 3

const client = got.extend({
  agent: {
    http: new HttpAgent({ keepAlive: true, maxSockets: 64 }),
    https: new HttpsAgent({ keepAlive: true, maxSockets: 64 }),
  },
  // Resuming is done here, by byte range; got never repeats a stream by itself.
  retry: { limit: 0 },
  throwHttpErrors: false,
  // Compressed bytes would not match their declared length.
  decompress: false,
  followRedirect: false,
  timeout: { lookup: 2_000, connect: 5_000, secureConnect: 5_000, socket: 30_000, response: 30_000 },
})

/**
 * Downloads a signed link into a spool slot, without Authorization (webex-cc-api §4.3), and hashes what it writes. What breaks off goes on by byte
 * range if the server still has the same file (`ETag`), else from the beginning. While the spool has no room for the file the connection is closed,
 * not held. The file is as long as declared, or this throws.
 *
 * Throws `RetryableError`: `capture_link_expired` (403, as S3 answers), `capture_refused` (any other refusal), `capture_incomplete`,
 * `storage_unavailable` (the spool's disk).
 */
export async function downloadFile(url: string, slot: SpoolSlot, signal: AbortSignal): Promise<DownloadedFile> {
  const file = await openSpooled(slot.file)
  try {
    let have: Have = { byteSize: 0, hash: createHash('sha256'), etag: undefined }
    for (let attempt = 0; ;) {
      const part = await requestPart(url, file, slot, signal, have)
      have = part.have
      if (part.ended === 'no room') {
        await slot.reserve(part.totalBytes!, signal)
        continue
      }
      const { byteSize, hash } = have
      if (part.ended === 'whole' && byteSize === part.totalBytes)
        return { byteSize, sha256: hash.digest(), contentType: part.contentType }
      if (signal.aborted || ++attempt > MAX_RESUMES || (part.totalBytes !== null && byteSize > part.totalBytes)) {
        throw new RetryableError('capture_incomplete', {
          detail: `${byteSize} of ${part.totalBytes ?? 'unknown'} bytes`,
        })
      }
      if (have.etag === undefined) have = { byteSize: 0, hash: createHash('sha256'), etag: undefined }
    }
  } finally {
    await file.close()
  }
}

/** What lies in the slot, and its hash so far. */
interface Have {
  readonly byteSize: number
  readonly hash: Hash
  readonly etag: string | undefined
}

interface Part {
  readonly have: Have
  readonly ended: 'whole' | 'broken' | 'no room'
  /** Length of the whole file, as declared; null if no answer came. */
  readonly totalBytes: number | null
  readonly contentType: string | null
}

async function requestPart(
  url: string,
  file: FileHandle,
  slot: SpoolSlot,
  signal: AbortSignal,
  have: Have,
): Promise<Part> {
  const { promise: answered, resolve } = Promise.withResolvers<
    { status: number; headers: Record<string, unknown> } | undefined
  >()
  const headers = have.byteSize > 0 ? { range: `bytes=${have.byteSize}-`, 'if-range': have.etag } : {}
  const stream = client.stream(url, { headers, signal })
  stream.once('response', (response: { statusCode: number; headers: Record<string, unknown> }) =>
    resolve({ status: response.statusCode, headers: response.headers }),
  )
  stream.once('error', () => resolve(undefined))
  const answer = await answered
  if (answer === undefined) return { have, ended: 'broken', totalBytes: null, contentType: null }
  const close = () => {
    stream.on('error', () => {})
    stream.destroy()
  }
  const refusal = refusalOf(answer.status)
  if (refusal !== undefined) {
    close()
    throw refusal
  }

  const isPartial = answer.status === 206
  const declared = Number(answer.headers['content-length'])
  if (!Number.isFinite(declared)) {
    close()
    throw new RetryableError('capture_refused', { detail: 'no length declared' })
  }
  const totalBytes = (isPartial ? have.byteSize : 0) + declared
  const contentType = typeOf(answer.headers['content-type'])
  if (!slot.tryReserve(totalBytes)) {
    close()
    return { have, ended: 'no room', totalBytes, contentType }
  }
  const etag = typeof answer.headers['etag'] === 'string' ? answer.headers['etag'] : undefined
  const hash = isPartial ? have.hash : createHash('sha256')
  let byteSize = isPartial ? have.byteSize : 0
  let ended: Part['ended'] = 'whole'
  if (!isPartial) await onDisk(() => file.truncate(0))
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      await onDisk(() => writeAll(file, chunk, byteSize))
      // What is hashed is exactly what was written, so that a resumed file goes on with both.
      hash.update(chunk)
      byteSize += chunk.length
    }
  } catch (error) {
    if (error instanceof RetryableError) throw error
    ended = 'broken'
  }
  return { have: { byteSize, hash, etag }, ended, totalBytes, contentType }
}

async function openSpooled(path: string): Promise<FileHandle> {
  return onDisk(() => open(path, 'w'))
}

async function writeAll(file: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    const { bytesWritten } = await file.write(chunk, done, chunk.length - done, position + done)
    done += bytesWritten
  }
}

/** A full or broken disk of ours is no news about the capture. */
async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'spool'
    throw new RetryableError('storage_unavailable', { detail: code })
  }
}

/** No detail but the status: the answer's body and the address are not ours to show. */
function refusalOf(status: number): RetryableError | undefined {
  if (status === 200 || status === 206) return undefined
  return new RetryableError(status === 403 ? 'capture_link_expired' : 'capture_refused', { detail: `status ${status}` })
}

function typeOf(header: unknown): string | null {
  const [type] = typeof header === 'string' ? header.split(';') : []
  return type === undefined || type.trim() === '' ? null : type.trim().toLowerCase()
}
