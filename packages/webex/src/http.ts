import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { SplitError } from '@wxcc/contracts/failures'
import got from 'got'
import { failureOfTransport } from './failures.ts'

/** One request to the vendor. `url` and `headers` hold secrets: they are used and never shown. */
export interface VendorRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
  /** An answer longer than this, after decompression, throws `SplitError`. */
  readonly maxBytes: number
  readonly signal?: AbortSignal
  readonly timeouts?: Partial<typeof TIMEOUTS>
}

export interface VendorResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The body as it came, decompressed. */
  readonly body: Buffer
}

/** A limit on every phase, ms. Search is documented without a server time-out (webex-cc-api §3.11), so `request` is generous. */
const TIMEOUTS = {
  lookup: 2_000,
  connect: 3_000,
  secureConnect: 5_000,
  socket: 20_000,
  response: 60_000,
  request: 120_000,
}

const client = got.extend({
  agent: {
    http: new HttpAgent({ keepAlive: true, maxSockets: 50 }),
    https: new HttpsAgent({ keepAlive: true, maxSockets: 50 }),
  },
  // The ledger retries; the one repeat of a broken connection is the client's, since it costs a token of the budget.
  retry: { limit: 0 },
  throwHttpErrors: false,
  // A redirect would carry the access token to another host. The vendor documents none.
  followRedirect: false,
  decompress: true,
})

/** Sends and reads the whole answer, whatever its status. Throws `RetryableError` when none came or it broke off, `SplitError` when too long. */
export async function sendRequest(request: VendorRequest): Promise<VendorResponse> {
  const stream = client.stream(request.url, {
    method: request.method,
    headers: { ...request.headers },
    timeout: { ...TIMEOUTS, ...request.timeouts },
    ...(request.json === undefined ? {} : { json: request.json }),
    ...(request.form === undefined ? {} : { form: { ...request.form } }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  })
  const answer: { status?: number; headers?: VendorResponse['headers'] } = {}
  stream.once('response', (response: { statusCode: number; headers: VendorResponse['headers'] }) => {
    answer.status = response.statusCode
    answer.headers = response.headers
  })
  const chunks: Buffer[] = []
  let sizeBytes = 0
  try {
    for await (const piece of stream) {
      const chunk = toBuffer(piece)
      sizeBytes += chunk.length
      if (sizeBytes > request.maxBytes) throw new SplitError()
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof SplitError ? error : failureOfTransport(error)
  } finally {
    stream.destroy()
  }
  if (answer.status === undefined) throw failureOfTransport(undefined)
  return { status: answer.status, headers: answer.headers ?? {}, body: Buffer.concat(chunks, sizeBytes) }
}

/** The first value of a response header. */
export function headerOf(response: Pick<VendorResponse, 'headers'>, name: string): string | null {
  const value = response.headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? null
}

function toBuffer(piece: unknown): Buffer {
  return Buffer.isBuffer(piece) ? piece : Buffer.from(String(piece))
}
