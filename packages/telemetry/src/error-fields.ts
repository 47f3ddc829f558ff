/** Errors whose sentences we write ourselves, or V8 writes from source text alone. Any other message may quote a row, a body or a URL. */
const SPEAKING = new Set([
  'RetryableError',
  'RateLimitedError',
  'FatalError',
  'SplitError',
  'FencedOff',
  'ConfigError',
  'ConnectionError',
  'TypeError',
  'ReferenceError',
])

export interface ErrorFields {
  readonly type: string
  readonly code?: string
  readonly message?: string
  /** Places in the code only, the first eight. */
  readonly at?: readonly string[]
  readonly cause?: ErrorFields
}

/** What may be logged of an error: its class, its code, where it came from, and its message only if that cannot quote data. */
export function errorFields(error: unknown, depth = 0): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error }
  const code = (error as { code?: unknown }).code
  const at = error.stack
    ?.split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 8)
  return {
    type: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    ...(SPEAKING.has(error.name) ? { message: error.message } : {}),
    ...(at === undefined || at.length === 0 ? {} : { at }),
    ...(error.cause === undefined || depth >= 3 ? {} : { cause: errorFields(error.cause, depth + 1) }),
  }
}
