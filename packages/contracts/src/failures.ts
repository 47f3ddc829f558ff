/**
 * Every way a job can fail, with a sentence for whoever is on call. Codes are closed: a new failure is added here first.
 * They are stored on ledger rows and dead letters, and label metrics.
 */
export const FAILURES = {
  vendor_unauthorized:
    'The vendor refused the access token twice, also after a refresh. Check the credential of this source.',
  vendor_forbidden:
    'The vendor answered 403: the token lacks a scope or role, or belongs to another organisation. The source is stopped.',
  vendor_bad_request:
    'The vendor calls our request invalid (400 or 422). This is a bug or a changed API; it is never retried.',
  vendor_not_found: 'The vendor answered 404. Check the data center of this source.',
  vendor_too_large: 'The vendor could not answer for this span (413). It is split and asked again.',
  vendor_throttled: 'The vendor answered 429. All requests of this client id wait until the time it named.',
  vendor_unavailable: 'The vendor answered with a server error. It is asked again later.',
  vendor_timeout: 'The vendor did not answer in time, or the connection broke. It is asked again later.',
  vendor_graphql_error: 'The vendor answered 200 with GraphQL errors. Nothing of that answer was used.',
  vendor_malformed:
    'The vendor’s answer is not what its documentation says (broken JSON or missing members). Nothing of it was used.',
  consent_needed:
    'The vendor refused the client secret or the refresh token (wrong, expired or revoked). Somebody must connect this source again.',
  refresh_expired:
    'The refresh token has run out: nothing was refreshed in time. Somebody must connect this source again; what waits then goes on by itself.',
  refresh_lost:
    'An earlier refresh ended without its answer (a crash, a broken connection), and the vendor does not take the old refresh token any more. Somebody must connect this source again.',
  credential_sealed:
    'The stored credential was sealed with another SECRETS_KEY. Start the workers with that key, or connect the source again.',
  budget_empty: 'The request budget is spent for the moment; the work waits.',
  capture_listing_empty: 'The vendor lists no capture yet for a task that should have one. It is asked again later.',
  capture_refused: 'The vendor or its storage refused the download.',
  capture_link_expired: 'The download link expired before the file was complete. A new link is asked for.',
  capture_incomplete: 'The file arrived shorter or longer than declared.',
  capture_not_audio: 'What arrived under a recording’s link is not audio (often an error page).',
  capture_sample_empty:
    'One of the tasks without a recording flag that are asked as a sample; the vendor has no recording of it, as it should be.',
  capture_not_included:
    'A transcript names an attachment, but gives neither the file nor a link to the vendor’s storage.',
  capture_erased: 'Whoever it was about was erased (wxcc erase): the file left, and is not asked for again.',
  capture_retention: 'The file left, or was not asked for any more, since the retention time of its source was over.',
  storage_unavailable: 'The object store could not be reached or refused the write.',
  storage_mismatch: 'The object store holds another length than was written.',
  raw_page_missing: 'A raw page listed in the ledger is not in the object store, or its hash differs.',
  payload_invalid: 'A job’s payload does not parse. It was made by an incompatible version.',
  database_unavailable: 'Postgres could not be reached or refused the statement.',
  record_malformed:
    'A record of the vendor lacks what every record has (id, time, event). It is left out; its raw page is kept, and its window stays short.',
  created_time_moved:
    'The vendor changed the createdTime of a task that is loaded. The conversation keeps its first start; the windows of both times may stay off by one.',
  mapping_failed: 'A record could not be mapped. The raw pages are kept; fix the mapping and map again.',
  stalled: 'The job’s worker died or hung, more often than is allowed.',
  unexpected: 'An error nobody has named yet. See the log line with this trace id.',
} as const satisfies Record<string, string>

export type FailureCode = keyof typeof FAILURES

/** Base of our failures: a closed code, a sentence, and the cause. Messages never carry payloads, personal data, tokens or URLs. */
abstract class PipelineError extends Error {
  readonly code: FailureCode

  constructor(code: FailureCode, options?: { readonly detail?: string; readonly cause?: unknown }) {
    super(options?.detail === undefined ? FAILURES[code] : `${FAILURES[code]} (${options.detail})`, {
      cause: options?.cause,
    })
    this.code = code
  }
}

/** May pass by itself: the row is given back with a `not_before`. */
export class RetryableError extends PipelineError {
  override readonly name = 'RetryableError'
  /** Wait at least this long before the next attempt; absent means the usual backoff. */
  readonly delayMs: number | undefined

  constructor(
    code: FailureCode,
    options?: { readonly detail?: string; readonly cause?: unknown; readonly delayMs?: number },
  ) {
    super(code, options)
    this.delayMs = options?.delayMs
  }
}

/** The vendor's budget is used up: spends no attempt. A 429 closes the client id for every process, `budget_empty` only this job. */
export class RateLimitedError extends PipelineError {
  override readonly name = 'RateLimitedError'
  readonly retryAfterMs: number

  constructor(code: 'vendor_throttled' | 'budget_empty', retryAfterMs: number) {
    super(code)
    this.retryAfterMs = retryAfterMs
  }
}

/** Waits until somebody consents again: spends no attempt. The credential says so, and the planner hands out nothing of its sources meanwhile. */
export class ParkedError extends PipelineError {
  override readonly name = 'ParkedError'
}

/** Will never pass: dead letter at once. */
export class FatalError extends PipelineError {
  override readonly name = 'FatalError'
}

/** The span is too much for one answer: cut it in two. */
export class SplitError extends PipelineError {
  override readonly name = 'SplitError'

  constructor(options?: { readonly cause?: unknown }) {
    super('vendor_too_large', options)
  }
}

/** Another claim of the same row overtook this one; its writes were rolled back. */
export class FencedOff extends Error {
  override readonly name = 'FencedOff'
}
