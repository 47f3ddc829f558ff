import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Canary, type Place, findCanaries } from '../canaries/find.ts'
import { placesOf, readLogs } from '../canaries/places.ts'
import { canariesOf, plantFaults } from '../canaries/plant.ts'
import { DEMO_DEFAULTS } from './demo-options.ts'
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './otlp-receiver.testing.ts'
import { isComplete } from './progress.ts'
import { watchDay } from './run-demo.ts'
import { startDemo } from './start-demo.ts'

/** One small day with a vendor that has bad moments, observed: the spans of every process, all that was said or kept, and what must be in none of it. */
interface ObservedDay {
  /** Trace of one window that was verified with records in it. */
  readonly traceId: string
  readonly canaries: readonly Canary[]
  readonly places: readonly Place[]
  readonly logs: string
  readonly scraped: string
}

let collector: OtlpReceiver
let day: ObservedDay
let trace: readonly ReceivedSpan[]

beforeAll(async () => {
  collector = await startOtlpReceiver()
  // The sandbox hands OTEL_* on to what it starts, as a shell would.
  const settings = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '200',
  }
  Object.assign(process.env, settings)
  try {
    day = await observeDay()
  } finally {
    for (const name of Object.keys(settings)) delete process.env[name]
  }
  trace = collector.spans.filter((span) => span.traceId === day.traceId)
}, 600_000)
afterAll(() => collector.close())

async function observeDay(): Promise<ObservedDay> {
  const demo = await startDemo(
    { ...DEMO_DEFAULTS, once: true, seed: 3, tasksPerDay: 60, agents: 6, atMs: Date.parse('2026-11-20T10:07:00Z') },
    () => {},
  )
  try {
    await plantFaults(demo.simulatorUrl)
    const { progress } = await watchDay(demo, { startedMs: performance.now(), say: () => {} })
    expect(isComplete(progress)).toBe(true)
    const { rows } = await sql<{ traceparent: string }>`
      select f.traceparent from etl.load_window w join etl.fetch f using (fetch_id)
      where w.stream = 'task' and w.state = 'verified' and w.stored > 0 order by w.window_start limit 1`.execute(
      demo.db,
    )
    const canaries = await canariesOf(demo)
    const mapper = demo.workers.find(({ worker }) => worker === 'mapper')!.app
    const scraped = await (await fetch(mapper.metricsUrl()!)).text()
    const places = await placesOf(demo)
    await Promise.all(demo.workers.map(({ app }) => app.stop()))
    const logs = await readLogs(demo.logFolder)
    return {
      traceId: rows[0]!.traceparent.split('-')[1]!,
      canaries,
      places: [...places, ...logs],
      logs: logs.map(({ text }) => text).join('\n'),
      scraped,
    }
  } finally {
    await demo.stop()
  }
}

const named = (service: string, name: RegExp) =>
  trace.filter((span) => span.service === service && name.test(span.name))

describe('the trace of one window', () => {
  test.each([
    ['the planner’s decision', 'wxcc-planner', /^wxcc\.planner\.tick$/],
    ['the hand-over to the queue', 'wxcc-planner', /^add fetch-span/],
    ['the fetcher’s job', 'wxcc-fetcher', /^process fetch-span/],
    ['the vendor asked', 'wxcc-fetcher', /^wxcc\.api\.request$/],
    ['HTTP', 'wxcc-fetcher', /^POST/],
    ['a page stored', 'wxcc-fetcher', /^wxcc\.page\.store$/],
    ['object storage written', 'wxcc-fetcher', /^wxcc\.object\.put$/],
    ['SQL of the fetcher', 'wxcc-fetcher', /^pg\.query:/],
    ['the hand-over to the mapper', 'wxcc-fetcher', /^add map-span/],
    ['the mapper’s job', 'wxcc-mapper', /^process map-span/],
    ['object storage read', 'wxcc-mapper', /^wxcc\.object\.get$/],
    ['mapping', 'wxcc-mapper', /^wxcc\.map\.batch$/],
    ['the rows written', 'wxcc-mapper', /^pg\.query:INSERT/],
    ['the commit', 'wxcc-mapper', /^pg\.query:COMMIT/],
  ])('has %s', (_, service, name) => {
    expect(
      named(service, name).length,
      `spans of ${service}: ${[...new Set(trace.filter((s) => s.service === service).map((s) => s.name))].join(', ')}`,
    ).toBeGreaterThan(0)
  })

  test('hangs together: every span but the first has its parent in the same trace', () => {
    const ids = new Set(trace.map((span) => span.spanId))
    const orphans = trace.filter((span) => span.parentSpanId && !ids.has(span.parentSpanId))
    expect(orphans.map((span) => `${span.service} ${span.name}`)).toEqual([])
    expect(trace.filter((span) => !span.parentSpanId).map((span) => span.name)).toEqual(['wxcc.planner.tick'])
  })

  test('the vendor is asked inside the fetcher’s job, rows are written and committed inside the mapper’s', () => {
    const byId = new Map(trace.map((span) => [span.spanId, span]))
    const isInside = (span: ReceivedSpan | undefined, ancestor: RegExp): boolean =>
      span !== undefined && (ancestor.test(span.name) || isInside(byId.get(span.parentSpanId ?? ''), ancestor))
    const asked = named('wxcc-fetcher', /^wxcc\.api\.request$/)
    expect(asked.filter((span) => !isInside(span, /^process fetch-span/))).toEqual([])
    for (const statement of [/^pg\.query:INSERT/, /^pg\.query:COMMIT/]) {
      const written = named('wxcc-mapper', statement).filter((span) => isInside(span, /^wxcc\.map\.batch$/))
      expect(written.length).toBeGreaterThan(0)
      expect(written.every((span) => isInside(span, /^process map-span/))).toBe(true)
    }
  })

  test('is named in the log lines of the workers', () => {
    const lines = day.logs.split('\n').filter((line) => line.includes(`"trace_id":"${day.traceId}"`))
    expect(new Set(lines.map((line) => (JSON.parse(line) as { app: string }).app))).toEqual(
      new Set(['fetcher', 'mapper']),
    )
    for (const line of lines) expect(line).toMatch(/"queue":"(fetch|map)-span","jobId":"(fetch|map)-span\./)
  })
})

test('no person, message, key, token or password is in a span, a log, a metric, a table outside pii, Redis, the process list or the board', () => {
  expect(day.canaries.length).toBeGreaterThan(50)
  const kinds = ['log ', 'metrics of', 'journey.', 'bi.', 'etl.dead_letter', 'Redis', 'process list', 'board /']
  for (const kind of kinds)
    expect(day.places.filter(({ name }) => name.startsWith(kind)).length, kind).toBeGreaterThan(0)
  const spans = { name: 'spans', text: collector.bodies.join('\n') }
  expect(findCanaries(day.canaries, [...day.places, spans])).toEqual([])
})

test('no span and no log line holds a token or a link’s query', () => {
  const everything = [...collector.bodies, day.logs].join('\n')
  // An access token of the simulator ends in `_SIM1_<org id>`.
  for (const secret of ['simulated-secret', 'simulated-refresh-token', '_SIM1_', 'Bearer ', 'X-Amz-Signature']) {
    expect(everything.includes(secret), secret).toBe(false)
  }
  const addresses = ['url.full', 'http.url', 'http.target', 'url.query']
  const shown = collector.spans.flatMap((span) => addresses.map((name) => span.attributes[name]).filter(Boolean))
  expect(shown).toEqual([])
})

test('metrics of a worker carry their units and count its jobs', () => {
  expect(day.scraped).toMatch(/# TYPE wxcc_jobs_finished(_total)? counter/)
  expect(day.scraped).toMatch(/wxcc_jobs_finished(_total)?\{[^}]*queue="map-span"[^}]*\} [1-9]/)
  expect(day.scraped).toMatch(/# UNIT wxcc_job_duration s\n/)
  expect(day.scraped).toMatch(/# UNIT wxcc_jobs_finished(_total)? \{job\}\n/)
})
