import { randomUUID } from 'node:crypto'
import type { Lane } from '@wxcc/contracts/ledger'
import { RateLimitedError } from '@wxcc/contracts/failures'
import type { Secret } from '@wxcc/contracts/secret'
import type { Logger } from '@wxcc/telemetry/log'
import { countApiRequest } from '@wxcc/telemetry/metrics'
import { ATTRIBUTES, SPANS } from '@wxcc/telemetry/names'
import { inSpan } from '@wxcc/telemetry/trace'
import type { TokenSource } from './access-token.ts'
import { failureOfStatus, isBrokenConnection, malformed } from './failures.ts'
import { type VendorResponse, headerOf, sendRequest } from './http.ts'

/** Families of requests, as metrics and `etl.api_call` name them. */
export type Endpoint = 'search' | 'captures' | 'configuration'

/** One request that was sent, whatever became of it. `status` 0: no answer came. */
export interface SentRequest {
  readonly endpoint: Endpoint
  readonly status: number
}

export interface Answer {
  readonly body: Buffer
  /** The parsed body. */
  readonly json: unknown
  /** The vendor's id of this request, for its support; null if it gave none. */
  readonly trackingId: string | null
}

/** What a call of the vendor's API needs; `search.ts`, `captures.ts` and `configuration.ts` are built on `call`. */
export interface WebexClient {
  readonly orgId: string
  call(request: {
    readonly endpoint: Endpoint
    readonly method: 'GET' | 'POST'
    readonly path: string
    readonly json?: unknown
  }): Promise<Answer>
}

/**
 * The vendor's API for one organisation and one lane of the budget. Every HTTP request first takes its token by `acquire`, also the repeat after
 * a refused access token or a broken connection. Throws the failures of `failures.ts`; they carry no address, token or body.
 */
export function createWebexClient(options: {
  readonly apiUrl: string
  readonly orgId: string
  readonly token: TokenSource
  readonly lane: Lane
  readonly acquire: (lane: Lane) => Promise<void>
  readonly log: Logger
  readonly maxPageBytes?: number
  readonly signal?: AbortSignal
  readonly onRequest?: (sent: SentRequest) => void
  /** Called before the `RateLimitedError` is thrown, so that nobody else asks meanwhile. */
  readonly onThrottled?: (retryAfterMs: number) => Promise<void>
}): WebexClient {
  const base = options.apiUrl.replace(/\/+$/, '')
  const maxBytes = options.maxPageBytes ?? DEFAULT_MAX_PAGE_BYTES

  return {
    orgId: options.orgId,
    async call(request) {
      let token = await options.token.get()
      let answer = await sendRepeated(request, token)
      if (answer.response.status === 401) {
        token = await options.token.replace(token)
        answer = await sendRepeated(request, token)
      }
      const failure = failureOfStatus(answer.response)
      if (failure instanceof RateLimitedError) await options.onThrottled?.(failure.retryAfterMs)
      if (failure !== undefined) throw failure
      return { body: answer.response.body, json: parse(answer.response.body), trackingId: answer.trackingId }
    },
  }

  type Request = Parameters<WebexClient['call']>[0]
  interface Sent {
    readonly response: VendorResponse
    readonly trackingId: string | null
  }

  async function sendRepeated(request: Request, token: Secret): Promise<Sent> {
    try {
      return await send(request, token)
    } catch (error) {
      if (!isBrokenConnection(error) || options.signal?.aborted) throw error
      return send(request, token)
    }
  }

  async function send({ endpoint, method, path, json }: Request, token: Secret): Promise<Sent> {
    await options.acquire(options.lane)
    return inSpan(SPANS.apiRequest, { [ATTRIBUTES.endpoint]: endpoint, [ATTRIBUTES.lane]: options.lane }, async () => {
      const requestId = randomUUID()
      const startedAt = performance.now()
      let status = 0
      let trackingId: string | null = null
      try {
        const response = await sendRequest({
          method,
          url: `${base}${path}`,
          headers: { authorization: `Bearer ${token.reveal()}`, accept: 'application/json', trackingid: requestId },
          ...(json === undefined ? {} : { json }),
          maxBytes,
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        })
        status = response.status
        trackingId = headerOf(response, 'trackingid')
        return { response, trackingId }
      } finally {
        const durationMs = performance.now() - startedAt
        options.onRequest?.({ endpoint, status })
        countApiRequest({ lane: options.lane, endpoint, status, durationMs })
        const fields = {
          event: 'vendor_request',
          endpoint,
          status,
          requestId,
          trackingId,
          durationMs: Math.round(durationMs),
        }
        options.log.debug(fields, 'vendor request')
      }
    })
  }
}

/** 64 MiB of JSON take some hundred MiB of heap while they are parsed. */
export const DEFAULT_MAX_PAGE_BYTES = 64 * 1_024 * 1_024

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    throw malformed('not JSON')
  }
}
