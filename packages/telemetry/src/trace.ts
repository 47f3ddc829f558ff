import { type Attributes, type Context, SpanStatusCode, context, isSpanContextValid, trace } from '@opentelemetry/api'
import { errorFields } from './error-fields.ts'
import { ATTRIBUTES, type SpanName } from './names.ts'

/** Runs `fn` inside a span. A failure is marked by its code only: messages and stacks may carry what the failing call carried. */
export async function inSpan<T>(name: SpanName, attributes: Attributes, fn: () => Promise<T>): Promise<T> {
  return trace.getTracer('wxcc').startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await fn()
    } catch (error) {
      const { code, type } = errorFields(error)
      span.setAttribute(ATTRIBUTES.code, code ?? type)
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  })
}

/** W3C `traceparent` of the active span, for the ledger row; undefined outside of any recorded trace. */
export function traceparentOfActiveSpan(): string | undefined {
  const spanContext = trace.getActiveSpan()?.spanContext()
  if (spanContext === undefined || !isSpanContextValid(spanContext)) return undefined
  const flags = spanContext.traceFlags.toString(16).padStart(2, '0')
  return `00-${spanContext.traceId}-${spanContext.spanId}-${flags}`
}

/** The trace id of the active span, for dead letters and log lines. */
export function activeTraceId(): string | undefined {
  return traceparentOfActiveSpan()?.split('-')[1]
}

/**
 * Continues the trace named on the ledger row, unless the present span belongs to it already (the queue carried it). Without a traceparent, or
 * when it does not parse, `fn` runs in the present context.
 */
export function withTraceparent<T>(traceparent: string | null | undefined, fn: () => T): T {
  const spanContext = parseTraceparent(traceparent)
  const active: Context = context.active()
  if (spanContext === undefined || trace.getSpanContext(active)?.traceId === spanContext.traceId) return fn()
  return context.with(trace.setSpanContext(active, spanContext), fn)
}

function parseTraceparent(traceparent: string | null | undefined) {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '')
  if (match === null) return undefined
  const spanContext = {
    traceId: match[1]!,
    spanId: match[2]!,
    traceFlags: Number.parseInt(match[3]!, 16),
    isRemote: true,
  }
  return isSpanContextValid(spanContext) ? spanContext : undefined
}
