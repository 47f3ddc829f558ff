import type { FastifyInstance } from 'fastify'
import type { RequestLog } from '../limits/request-log.ts'
import type { SlidingWindow } from '../limits/sliding-window.ts'
import { processFigures } from './process-figures.ts'

interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

const quoted = (text: string) =>
  `"${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`)}"`

/** One metric in the text format of Prometheus. */
function metric(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  const rows = samples.map(({ labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}=${quoted(text)}`)
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${rows.join('')}`
}

/** `GET /metrics`. */
export function registerMetrics(app: FastifyInstance, requests: RequestLog, window: SlidingWindow): void {
  app.get('/metrics', (_request, reply) => {
    const { byEndpointAndStatus, refused, served } = requests.report()
    const { rssBytes, cpuMs, upMs } = processFigures()
    const answers = Object.entries(byEndpointAndStatus).map(([key, value]) => {
      const [method = '', path = '', status = ''] = key.split(' ')
      return { labels: { method, path, status }, value }
    })
    const rows = Object.entries(served).map(([root, one]) => ({ labels: { root }, value: one.rows }))
    const text = [
      metric('simulator_requests_total', 'counter', 'Calls with a token, by path and status.', answers),
      metric('simulator_rate_limit_refusals_total', 'counter', 'Answers with status 429.', [{ value: refused }]),
      metric('simulator_rate_limit_per_minute', 'gauge', 'Calls a client may make in any sliding minute.', [
        { value: window.limitPerMinute },
      ]),
      metric('simulator_rows_served_total', 'counter', 'Rows of raw Search pages, by root.', rows),
      metric('process_resident_memory_bytes', 'gauge', 'Resident memory.', [{ value: rssBytes }]),
      metric('process_cpu_seconds_total', 'counter', 'User and system time.', [{ value: cpuMs / 1000 }]),
      metric('process_uptime_seconds', 'gauge', 'Since the start.', [{ value: upMs / 1000 }]),
    ]
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text.join(''))
  })
}
