import { isSpanContextValid, trace } from '@opentelemetry/api'
import { type Logger, pino } from 'pino'
import { errorFields } from './error-fields.ts'

export type { Logger } from 'pino'

/** Keys that never belong in a line. Code does not log them; this net is for the day somebody logs a whole object. */
const SECRET_KEYS = [
  'accessToken',
  'refreshToken',
  'clientSecret',
  'access_token',
  'refresh_token',
  'client_secret',
  'authorization',
  'password',
  'secret',
  'token',
  'cookie',
  'body',
  'payload',
  'headers',
  'url',
  'filePath',
]

/**
 * JSON lines on standard output: ids, codes, counts and the active trace id. `err` is reduced to class, code and place, since messages of
 * foreign errors quote data. `write` receives the lines instead, for tests.
 */
export function createLogger(
  app: string,
  options?: { readonly level?: string; readonly write?: (line: string) => void },
): Logger {
  const settings = {
    level: options?.level ?? 'info',
    base: { app },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => errorFields(error), error: (error: unknown) => errorFields(error) },
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
    mixin: activeTrace,
    hooks: {
      // Without a sentence of ours pino would take the error's own message as the line's.
      logMethod(args: unknown[], method: (...args: unknown[]) => void) {
        const [fields] = args
        if (args.length === 1 && typeof fields === 'object') args.push(eventOf(fields))
        method.apply(this, args)
      },
    },
  }
  return options?.write === undefined ? pino(settings) : pino(settings, { write: options.write })
}

/** Written here and not by the pino instrumentation, so that it holds with and without the ESM hook. */
function activeTrace(): Record<string, string> {
  const spanContext = trace.getActiveSpan()?.spanContext()
  if (spanContext === undefined || !isSpanContextValid(spanContext)) return {}
  return { trace_id: spanContext.traceId, span_id: spanContext.spanId }
}

function eventOf(fields: object | null): string {
  const event = fields !== null && 'event' in fields ? fields.event : undefined
  return typeof event === 'string' ? event : ''
}
