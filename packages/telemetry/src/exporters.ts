export type Signal = 'TRACES' | 'METRICS' | 'LOGS'
export type Exporters = Readonly<Record<Signal, string>>

/**
 * Which exporter each signal gets. `OTEL_*_EXPORTER` wins; else `otlp` if an endpoint is named; else `none`
 * (OpenTelemetry's own default is `otlp` to localhost, which fails noisily on a laptop).
 */
export function exportersOf(env: Readonly<Record<string, string | undefined>>): Exporters {
  const of = (signal: Signal) => {
    if (env.OTEL_SDK_DISABLED === 'true') return 'none'
    const hasEndpoint = !!env.OTEL_EXPORTER_OTLP_ENDPOINT || !!env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]
    return env[`OTEL_${signal}_EXPORTER`] || (hasEndpoint ? 'otlp' : 'none')
  }
  return { TRACES: of('TRACES'), METRICS: of('METRICS'), LOGS: of('LOGS') }
}
