import { type Hash, createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { RetryableError } from '@wxcc/contracts/failures'
import { freeReceived } from './free-received.ts'
import type { SpoolSlot } from './spool.ts'

export interface DownloadedFile {
  readonly byteSize: number
  readonly sha256: Buffer
  /** As the server declared it, without parameters and in small letters; null if it did not. */
  readonly contentType: string | null
}

/** A link that breaks off is asked for the rest this often; then the listing is asked for a fresh one by the ledger. */
const MAX_RESUMES = 3

/** No answer, or no further byte, for this long ends a connection. */
const SILENCE_MS = 30_000
/** Written at once: large enough that the disk is asked rarely, small enough that many files fit into memory side by side. */
const WRITE_BYTES = 512_000
const agents = {
  'http:': { request: httpRequest, agent: new HttpAgent({ keepAlive: true, maxSockets: 64 }) },
  'https:': { request: httpsRequest, agent: new HttpsAgent({ keepAlive: true, maxSockets: 64 }) },
} as const

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
  const answer = await ask(url, signal, have)
  if (answer === undefined) return { have, ended: 'broken', totalBytes: null, contentType: null }
  // Node's own client follows no redirect and unpacks nothing: compressed bytes would not match their declared length.
  const close = () => void answer.on('error', () => {}).destroy()
  const refusal = refusalOf(answer.statusCode ?? 0)
  if (refusal !== undefined) {
    close()
    throw refusal
  }

  const isPartial = answer.statusCode === 206 && have.byteSize > 0
  const declared = Number(answer.headers['content-length'] ?? Number.NaN)
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
  const { etag } = answer.headers
  const hash = isPartial ? have.hash : createHash('sha256')
  let byteSize = isPartial ? have.byteSize : 0
  let ended: Part['ended'] = 'whole'
  if (!isPartial && have.byteSize > 0) await onDisk(() => file.truncate(0))
  let pieces: Buffer[] = []
  let pendingBytes = 0
  /** What is hashed is exactly what was written, so that a resumed file goes on with both. */
  const flush = async () => {
    if (pieces.length === 0) return
    const writing = onDisk(() => writeAll(file, pieces, pendingBytes, byteSize))
    for (const piece of pieces) hash.update(piece)
    await writing
    byteSize += pendingBytes
    freeReceived(pendingBytes)
    pieces = []
    pendingBytes = 0
  }
  try {
    for await (const piece of answer as AsyncIterable<Buffer>) {
      pieces.push(piece)
      pendingBytes += piece.length
      if (pendingBytes >= WRITE_BYTES) await flush()
    }
  } catch (error) {
    if (error instanceof RetryableError) throw error
    ended = 'broken'
  }
  await flush()
  return { have: { byteSize, hash, etag }, ended, totalBytes, contentType }
}

async function openSpooled(path: string): Promise<FileHandle> {
  return onDisk(() => open(path, 'w'))
}

async function writeAll(file: FileHandle, pieces: readonly Buffer[], bytes: number, position: number): Promise<void> {
  const { bytesWritten } = await file.writev(pieces, position)
  if (bytesWritten === bytes) return
  // A disk that takes less than it was given: the rest goes piece by piece.
  const whole = Buffer.concat(pieces)
  for (let done = bytesWritten; done < bytes;) {
    done += (await file.write(whole, done, bytes - done, position + done)).bytesWritten
  }
}

/** The answer's head; undefined when none came. */
function ask(url: string, signal: AbortSignal, have: Have): Promise<IncomingMessage | undefined> {
  const { protocol } = new URL(url)
  const way = agents[protocol as keyof typeof agents]
  if (way === undefined) throw new RetryableError('capture_refused', { detail: 'not an http address' })
  const headers: Record<string, string> = { 'accept-encoding': 'identity' }
  if (have.byteSize > 0) Object.assign(headers, { range: `bytes=${have.byteSize}-`, 'if-range': have.etag })
  return new Promise((resolve) => {
    const request = way.request(url, { agent: way.agent, headers, signal, timeout: SILENCE_MS })
    request.once('response', resolve)
    // Also after the answer: what breaks then shows on its stream.
    request.on('error', () => resolve(undefined))
    request.once('timeout', () => request.destroy())
    request.end()
  })
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
