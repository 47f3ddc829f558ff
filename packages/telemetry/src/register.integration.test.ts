import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'

const file = (name: string) => path.join(import.meta.dirname, name)

interface Seen {
  readonly inner?: string
  readonly status: number
  readonly scrape: string
}

async function run(env: Record<string, string>, isRegistered = true) {
  const register = isRegistered ? ['--import', pathToFileURL(file('register.ts')).href] : []
  const child = spawn(process.execPath, [...register, file('fixtures/app.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const [out, [seen], [code]] = await Promise.all([
    text(child.stdout!),
    once(child, 'message') as Promise<[Seen]>,
    once(child, 'exit') as Promise<[number]>,
  ])
  expect(code).toBe(0)
  return { out, seen }
}

describe('register', () => {
  test('without an exporter there are metrics, no spans and no trace ids', async () => {
    const { out, seen } = await run({})
    expect(seen.status).toBe(200)
    expect(seen.scrape).toMatch(/wxcc_jobs_finished_total\{wxcc_queue="fetch-span",wxcc_outcome="done"\} 1/)
    expect(seen.scrape).toMatch(/wxcc_job_duration_sum\{.*\} 1\.5/)
    expect(seen.scrape).toMatch(/wxcc_dead_letters\{wxcc_failure_code="stalled"\} 3/)
    expect(seen.scrape).not.toContain('target_info')
    expect(JSON.parse(out.trim())).toMatchObject({ event: 'inside' })
    expect(out).not.toContain('span_id":"0')
  })

  test('a trace goes on from the ledger row, into HTTP and the log line, without data', async () => {
    const { out, seen } = await run({ OTEL_TRACES_EXPORTER: 'console' })
    expect(seen.inner).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/)
    const line = out.split('\n').find((text) => text.includes('"event":"inside"'))
    expect(JSON.parse(line!)).toMatchObject({
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      span_id: seen.inner!.split('-')[2],
    })
    expect(out).toContain(`name: 'wxcc.planner.tick'`)
    expect(out).toContain(`name: 'GET'`)
    expect(out).toContain(`name: 'wxcc.map.batch'`)
    expect(out).not.toContain('jane')
  })

  test('a process that was not registered is scraped as down', async () => {
    const { seen } = await run({}, false)
    expect(seen.status).toBe(503)
  })
})
