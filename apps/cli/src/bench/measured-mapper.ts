import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { startApp } from '@wxcc/sandbox/process'
import { cpuMsOf } from './cpu-time.ts'

export const STAGES = ['read', 'parse', 'segment', 'write'] as const
export type Stage = (typeof STAGES)[number]

/** Mappers as processes of their own, with traces, metrics and logs exported, weighed from outside. Times are sums, sizes those of the largest. */
export interface MeasuredMapper {
  /** Milliseconds spent in each stage so far. */
  stagesMs(): Promise<Readonly<Record<Stage, number>>>
  /** Processor time it has spent so far, all its threads. */
  cpuMs(): Promise<number>
  rssMb(): Promise<number>
  /** The most it ever held (VmHWM). */
  peakRssMb(): Promise<number>
  stop(): Promise<void>
}

/** `count` of them side by side, as a platform team runs one per core. */
export async function startMappers(env: Readonly<Record<string, string>>, count: number): Promise<MeasuredMapper> {
  const mappers = await Promise.all(Array.from({ length: count }, () => startMapper(env)))
  const ofAll = async (read: (mapper: MeasuredMapper) => Promise<number>) => Promise.all(mappers.map(read))
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
  return {
    async stagesMs() {
      const stages = await Promise.all(mappers.map((mapper) => mapper.stagesMs()))
      const of = (stage: Stage) => sum(stages.map((one) => one[stage]))
      return { read: of('read'), parse: of('parse'), segment: of('segment'), write: of('write') }
    },
    cpuMs: async () => sum(await ofAll((mapper) => mapper.cpuMs())),
    rssMb: async () => Math.max(...(await ofAll((mapper) => mapper.rssMb()))),
    peakRssMb: async () => Math.max(...(await ofAll((mapper) => mapper.peakRssMb()))),
    async stop() {
      await Promise.all(mappers.map((mapper) => mapper.stop()))
    },
  }
}

async function startMapper(env: Readonly<Record<string, string>>): Promise<MeasuredMapper> {
  const collector = await startSink()
  const app = await startApp({
    name: 'mapper',
    entry: fileURLToPath(new URL('../../../mapper/src/main.ts', import.meta.url)),
    env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
    restart: false,
  })
  const status = async (line: string) => {
    const text = await readFile(`/proc/${app.pid()}/status`, 'utf8')
    return Math.round(Number(new RegExp(String.raw`^${line}:\s+(\d+)`, 'm').exec(text)?.[1]) / 1024)
  }
  return {
    async stagesMs() {
      const metrics = await (await fetch(app.metricsUrl()!)).text()
      const of = (stage: Stage) => {
        const value = new RegExp(String.raw`^wxcc_map_stage_time_total\{[^}]*"${stage}"[^}]*\} (\S+)`, 'm').exec(
          metrics,
        )
        return Number(value?.[1] ?? 0) * 1_000
      }
      return { read: of('read'), parse: of('parse'), segment: of('segment'), write: of('write') }
    },
    cpuMs: () => cpuMsOf(app.pid()),
    rssMb: () => status('VmRSS'),
    peakRssMb: () => status('VmHWM'),
    async stop() {
      await app.stop()
      await collector.close()
    },
  }
}

/** Takes whatever telemetry is sent, as a collector would, and forgets it. */
async function startSink(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
