import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat, truncate } from 'node:fs/promises'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { RetryableError } from '@wxcc/contracts/failures'
import got from 'got'
import type { SpoolSlot } from './spool.ts'

export interface DownloadedFile {
  readonly byteSize: number
  readonly sha256: Buffer
}

/** A link that breaks off is asked for the rest this often; then the listing is asked for a fresh one by the ledger. */
const MAX_RESUMES = 3

const client = got.extend({
  agent: {
    http: new HttpAgent({ keepAlive: true, maxSockets: 8 }),
    https: new HttpsAgent({ keepAlive: true, maxSockets: 8 }),
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
 * Downloads a signed link into a spool slot, without Authorization (webex-cc-api §4.3). What breaks off goes on by byte range if the server still
 * has the same file (`ETag`), else from the beginning. The file is as long as declared, or this throws.
 *
 * Throws `RetryableError`: `capture_link_expired` (403, as S3 answers), `capture_refused` (any other refusal), `capture_incomplete`.
 */
export async function downloadFile(url: string, slot: SpoolSlot, signal: AbortSignal): Promise<DownloadedFile> {
  let etag: string | undefined
  for (let attempt = 0; ; attempt++) {
    const have = await sizeOf(slot.file)
    const part = await requestPart(url, slot, signal, { offset: etag === undefined ? 0 : have, etag })
    etag = part.etag
    const size = await sizeOf(slot.file)
    if (!part.isBroken && (part.totalBytes === null || size === part.totalBytes))
      return { byteSize: size, sha256: await hashOf(slot.file) }
    if (signal.aborted || attempt >= MAX_RESUMES || (part.totalBytes !== null && size > part.totalBytes)) {
      throw new RetryableError('capture_incomplete', { detail: `${size} of ${part.totalBytes ?? 'unknown'} bytes` })
    }
  }
}

interface Part {
  /** Length of the whole file, as declared; null if the server does not say. */
  readonly totalBytes: number | null
  readonly etag: string | undefined
  readonly isBroken: boolean
}

async function requestPart(
  url: string,
  slot: SpoolSlot,
  signal: AbortSignal,
  from: { readonly offset: number; readonly etag: string | undefined },
): Promise<Part> {
  const { promise: answered, resolve } = Promise.withResolvers<
    { status: number; headers: Record<string, unknown> } | undefined
  >()
  const headers = from.offset > 0 ? { range: `bytes=${from.offset}-`, 'if-range': from.etag } : {}
  const stream = client.stream(url, { headers, signal })
  stream.once('response', (response: { statusCode: number; headers: Record<string, unknown> }) =>
    resolve({ status: response.statusCode, headers: response.headers }),
  )
  stream.once('error', () => resolve(undefined))
  const answer = await answered
  if (answer === undefined) return { totalBytes: null, etag: from.etag, isBroken: true }
  const refusal = refusalOf(answer.status)
  if (refusal !== undefined) {
    stream.on('error', () => {})
    stream.destroy()
    throw refusal
  }

  const isPartial = answer.status === 206
  const offset = isPartial ? from.offset : 0
  const declared = Number(answer.headers['content-length'])
  const totalBytes = Number.isFinite(declared) ? offset + declared : null
  if (!isPartial) await truncate(slot.file, 0).catch(() => {})
  if (totalBytes === null) {
    stream.on('error', () => {})
    stream.destroy()
    throw new RetryableError('capture_refused', { detail: 'no length declared' })
  }
  await slot.reserve(totalBytes)
  const etag = typeof answer.headers['etag'] === 'string' ? answer.headers['etag'] : undefined
  try {
    await pipeline(stream, createWriteStream(slot.file, { flags: isPartial ? 'a' : 'w' }))
    return { totalBytes, etag, isBroken: false }
  } catch {
    return { totalBytes, etag, isBroken: true }
  }
}

/** No detail but the status: the answer's body and the address are not ours to show. */
function refusalOf(status: number): RetryableError | undefined {
  if (status === 200 || status === 206) return undefined
  return new RetryableError(status === 403 ? 'capture_link_expired' : 'capture_refused', { detail: `status ${status}` })
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}

async function hashOf(file: string): Promise<Buffer> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest()
}
