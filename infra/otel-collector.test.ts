import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { ROOT, compose, composeText, variablesOf } from './compose-file.ts'

interface Collector {
  readonly receivers: { readonly otlp: { readonly protocols: Readonly<Record<string, { readonly endpoint: string }>> } }
  readonly processors: Readonly<Record<string, unknown>>
  readonly exporters: { readonly prometheus: { readonly endpoint: string }; readonly debug: unknown }
  readonly service: {
    readonly pipelines: Readonly<Record<string, Readonly<Record<'receivers' | 'processors' | 'exporters', string[]>>>>
  }
}

const collector = parse(readFileSync(path.join(ROOT, 'infra/otel-collector.yaml'), 'utf8')) as Collector
const service = compose.services['otel-collector']!

test('takes all three signals through parts that are configured, and batches last', () => {
  const { pipelines } = collector.service
  expect(Object.keys(pipelines).sort()).toEqual(['logs', 'metrics', 'traces'])
  const named = Object.values(pipelines).flatMap((pipeline) =>
    (['receivers', 'processors', 'exporters'] as const).flatMap((kind) =>
      pipeline[kind].map((part) => ({ kind, part })),
    ),
  )
  expect(named.filter(({ kind, part }) => !(part in collector[kind]))).toEqual([])
  expect(Object.values(pipelines).map(({ processors }) => processors.at(-1))).toEqual(['batch', 'batch', 'batch'])
})

test('listens where the apps send to, and shows metrics where the port is published', () => {
  const sentTo = variablesOf(composeText).find(({ name }) => name === 'OTEL_EXPORTER_OTLP_ENDPOINT')?.text
  const [, port] = collector.receivers.otlp.protocols.http?.endpoint.split(':') ?? []
  expect(sentTo).toBe(`http://otel-collector:${port}`)
  const [, shown] = collector.exporters.prometheus.endpoint.split(':')
  expect(service.ports?.map((published) => published.split(':').at(-1))).toEqual([shown])
})

test('is given this file', () => {
  const [file, target] = service.volumes?.[0]?.split(':') ?? []
  expect(file).toBe('./infra/otel-collector.yaml')
  expect(service.command).toEqual([`--config=${target}`])
})
