/**
 * Loaded before everything else: `node --import @wxcc/telemetry/register apps/<app>/src/main.ts`.
 *
 * Metrics are always collected, for `/metrics`. Traces, OTLP metrics and OTLP logs are on only if an exporter is configured by the usual
 * `OTEL_*` names (`exporters.ts`); without one neither hook nor instrumentations are loaded, and a span costs next to nothing.
 */
import { register } from 'node:module'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import type { IMetricReader, PushMetricExporter } from '@opentelemetry/sdk-metrics'
import { setActiveTelemetry } from './active.ts'
import { type Exporters, exportersOf } from './exporters.ts'

// The SDK reads process.env itself, before any main.ts runs; so its defaults are set there.
const exporters = exportersOf(process.env)
process.env.OTEL_TRACES_EXPORTER = exporters.TRACES
process.env.OTEL_LOGS_EXPORTER = exporters.LOGS
process.env.OTEL_LOG_LEVEL ||= 'warn'
process.env.OTEL_SERVICE_NAME ||= serviceName(process.argv[1])

const isTracing = exporters.TRACES !== 'none'
const isSendingLogs = exporters.LOGS !== 'none'
// The hook must stand before anything that loads http, pg, ioredis or pino.
if (isTracing || isSendingLogs) register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)

// target_info would publish the host's names and paths.
const prometheus = new PrometheusExporter({ preventServerStart: true, withoutTargetInfo: true, withoutScopeInfo: true })

if (isTracing || isSendingLogs || exporters.METRICS === 'otlp') {
  const { startNodeSdk } = await import('@opentelemetry/sdk-node')
  const sdk = startNodeSdk({
    metricReaders: [prometheus, ...(await otlpReaders(exporters))],
    instrumentations: await instrumentations(),
  })
  setActiveTelemetry({
    answerScrape: prometheus.getMetricsRequestHandler.bind(prometheus),
    shutdown: () => sdk.shutdown(),
  })
} else {
  const { metrics } = await import('@opentelemetry/api')
  const { MeterProvider } = await import('@opentelemetry/sdk-metrics')
  const provider = new MeterProvider({ readers: [prometheus] })
  metrics.setGlobalMeterProvider(provider)
  setActiveTelemetry({
    answerScrape: prometheus.getMetricsRequestHandler.bind(prometheus),
    shutdown: () => provider.shutdown(),
  })
}

async function otlpReaders(exporters: Exporters): Promise<IMetricReader[]> {
  if (exporters.METRICS !== 'otlp') return []
  const { PeriodicExportingMetricReader } = await import('@opentelemetry/sdk-metrics')
  return [new PeriodicExportingMetricReader({ exporter: await otlpMetricExporter() })]
}

/** The SDK would choose by these names, but given a reader of our own (Prometheus) it asks for all of them. */
async function otlpMetricExporter(): Promise<PushMetricExporter> {
  const { env } = process
  switch (env.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL) {
    case 'grpc':
      return new (await import('@opentelemetry/exporter-metrics-otlp-grpc')).OTLPMetricExporter()
    case 'http/json':
      return new (await import('@opentelemetry/exporter-metrics-otlp-http')).OTLPMetricExporter()
    default:
      return new (await import('@opentelemetry/exporter-metrics-otlp-proto')).OTLPMetricExporter()
  }
}

async function instrumentations(): Promise<Instrumentation[]> {
  if (!isTracing && !isSendingLogs) return []
  const [{ HttpInstrumentation }, { PgInstrumentation }, { IORedisInstrumentation }, { PinoInstrumentation }] =
    await Promise.all([
      import('@opentelemetry/instrumentation-http'),
      import('@opentelemetry/instrumentation-pg'),
      import('@opentelemetry/instrumentation-ioredis'),
      import('@opentelemetry/instrumentation-pino'),
    ])
  return [
    // Download links carry signatures and tokens in their query: outgoing spans keep the host only. Health and metrics are not worth a span.
    new HttpInstrumentation({
      disableIncomingRequestInstrumentation: true,
      redactedQueryParams: ['*'],
      requestHook: (span) =>
        void span.setAttributes({ 'http.url': '', 'url.full': '', 'http.target': '', 'url.query': '' }),
    }),
    // A query outside of any span is polling.
    new PgInstrumentation({ requireParentSpan: true, enhancedDatabaseReporting: false }),
    new IORedisInstrumentation({ requireParentSpan: true, dbStatementSerializer: (command) => command }),
    new PinoInstrumentation({ disableLogSending: !isSendingLogs, disableLogCorrelation: true }),
  ]
}

/** `apps/fetcher/src/main.ts` → `wxcc-fetcher`. */
function serviceName(entry: string | undefined): string {
  const app = /apps[\\/]([^\\/]+)[\\/]/.exec(entry ?? '')?.[1]
  return app === undefined ? 'wxcc' : `wxcc-${app}`
}
