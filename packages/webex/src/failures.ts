/**
 * What a failed request means, sorted by status, code and class and never by message text (webex-cc-api §3.11, §3.12):
 *
 * | Answer | Failure |
 * |---|---|
 * | 401, also after one refresh | fatal `vendor_unauthorized` |
 * | 403 | fatal `vendor_forbidden`: stop the source |
 * | 404 | fatal `vendor_not_found` |
 * | 413 | split |
 * | 429 | rate limited, until `Retry-After` |
 * | 400, 422, any other 4xx, a redirect | fatal `vendor_bad_request`: our bug or a changed API |
 * | 408, 409, 425, 5xx | retryable |
 * | no answer, time-out, cut body | retryable `vendor_timeout` |
 * | 200 with `errors` or `error` | `vendor_graphql_error`; fatal if classified as an invalid query |
 * | 200 with broken JSON or missing members | retryable `vendor_malformed` |
 */
import { FatalError, RateLimitedError, RetryableError, SplitError } from '@wxcc/contracts/failures'
import { z } from 'zod'
import type { VendorResponse } from './http.ts'

/** The vendor always sends `Retry-After`; this is for a proxy that does not. Its budget is counted per minute. */
const DEFAULT_RETRY_AFTER_MS = 60_000
/** Nobody is kept waiting longer on one header's word. */
const MAX_RETRY_AFTER_MS = 3_600_000

/** The failure an answer stands for; undefined for 2xx. Details name the status only. */
export function failureOfStatus(answer: Pick<VendorResponse, 'status' | 'headers'>): Error | undefined {
  const { status } = answer
  const detail = `status ${status}`
  if (status >= 200 && status < 300) return undefined
  if (status === 401) return new FatalError('vendor_unauthorized', { detail })
  if (status === 403) return new FatalError('vendor_forbidden', { detail })
  if (status === 404) return new FatalError('vendor_not_found', { detail })
  if (status === 413) return new SplitError()
  if (status === 429) return new RateLimitedError('vendor_throttled', retryAfterMs(answer.headers))
  if (status === 408) return new RetryableError('vendor_timeout', { detail })
  if (status >= 500 || status === 409 || status === 425) return new RetryableError('vendor_unavailable', { detail })
  return new FatalError('vendor_bad_request', { detail })
}

/** `Retry-After` in seconds or as an HTTP date; a date is read against the answer's own `Date`, not against our clock. */
export function retryAfterMs(headers: VendorResponse['headers']): number {
  const text = String(headers['retry-after'] ?? '').trim()
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.parse(String(headers['date'] ?? ''))
  if (!Number.isFinite(wait)) return DEFAULT_RETRY_AFTER_MS
  return Math.min(Math.max(wait, 1_000), MAX_RETRY_AFTER_MS)
}

/**
 * No usable answer came. The error of the HTTP library is reduced to its class and code: its message and options carry the address, and with
 * it the query string.
 */
export function failureOfTransport(error: unknown): RetryableError {
  return new RetryableError('vendor_timeout', { detail: transportCode(error), cause: new TransportCause(error) })
}

/** A connection that was closed under us, as happens to kept-alive ones: worth one immediate repeat. */
export function isBrokenConnection(error: unknown): boolean {
  return error instanceof RetryableError && error.cause instanceof TransportCause && BROKEN.has(error.cause.code)
}

const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ERR_HTTP2_GOAWAY_SESSION'])

/** What remains of a transport error. */
class TransportCause extends Error {
  override readonly name: string
  readonly code: string

  constructor(error: unknown) {
    super('no usable answer')
    this.name = error instanceof Error ? error.name : 'TransportCause'
    this.code = transportCode(error)
    // A stack begins with the foreign message.
    this.stack = `${this.name}: ${this.code}`
  }
}

function transportCode(error: unknown): string {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'no answer'
}

/** graphql-java's classifications of a query that can never be answered; the vendor's messages show that library's words (§3.12). */
const INVALID_QUERY: ReadonlySet<string> = new Set(['ValidationError', 'InvalidSyntax', 'OperationNotSupported'])

/** A 200 that carries `errors` (GraphQL) or `error` (the vendor's envelope): nothing of it is used, also if it holds data. */
export function failureOfEnvelope(body: unknown): Error | undefined {
  if (typeof body !== 'object' || body === null) return malformed('not an object')
  const { errors, error } = body as { readonly errors?: unknown; readonly error?: unknown }
  const listed = Array.isArray(errors) ? errors : errors == null ? [] : [errors]
  if (listed.length === 0 && error == null) return undefined
  return listed.some((one) => INVALID_QUERY.has(classificationOf(one)))
    ? new FatalError('vendor_graphql_error', { detail: 'invalid query' })
    : new RetryableError('vendor_graphql_error')
}

function classificationOf(error: unknown): string {
  const read = z.object({ extensions: z.object({ classification: z.string() }) }).safeParse(error)
  return read.success ? read.data.extensions.classification : ''
}

/** `where` names members of the answer, never values. */
export function malformed(where: string): RetryableError {
  return new RetryableError('vendor_malformed', { detail: where })
}
