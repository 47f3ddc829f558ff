import { describe, expect, test } from 'vitest'
import { exportersOf } from './exporters.ts'

describe('exportersOf', () => {
  test.each([
    ['nothing configured', {}, ['none', 'none', 'none']],
    ['an endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c' }, ['otlp', 'otlp', 'otlp']],
    ['an endpoint of one signal', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c' }, ['otlp', 'none', 'none']],
    ['an exporter by name', { OTEL_TRACES_EXPORTER: 'console' }, ['console', 'none', 'none']],
    [
      'one signal off',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_LOGS_EXPORTER: 'none' },
      ['otlp', 'otlp', 'none'],
    ],
    ['all off', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_SDK_DISABLED: 'true' }, ['none', 'none', 'none']],
  ])('%s', (_, env, [traces, metrics, logs]) => {
    expect(exportersOf(env)).toEqual({ TRACES: traces, METRICS: metrics, LOGS: logs })
  })
})
