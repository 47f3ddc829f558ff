import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { startApp } from '@wxcc/sandbox/process'
import { cpuMsOf } from './cpu-time.ts'

const LOGIN = { grant_type: 'refresh_token', client_id: 'simulated-client', client_secret: 'simulated-secret' }

export interface SearchPage {
  /** The answer's body, unread. */
  readonly text: string
  /** Bytes of it. */
  readonly bytes: number
  /** Cursor of the next page; undefined on the last one. */
  readonly next: string | undefined
}

/** A simulator as a process of its own, asked as any client asks it, and weighed from outside. */
export interface MeasuredSimulator {
  /** From the start of the process until it listens. */
  readonly startMs: number
  /** Runs a query whose `$cursor` is the page wanted and whose pageInfo stands last. */
  search(query: string, variables: Readonly<Record<string, unknown>>): Promise<SearchPage>
  /** Processor time it has spent so far, all its threads. */
  cpuMs(): Promise<number>
  rssMb(): Promise<number>
  stop(): Promise<void>
}

export async function startMeasured(env: Readonly<Record<string, string>>): Promise<MeasuredSimulator> {
  const begunMs = performance.now()
  const app = await startApp({
    name: 'webex-simulator',
    entry: fileURLToPath(new URL('../../../webex-simulator/src/main.ts', import.meta.url)),
    env: { PATH: process.env['PATH'] ?? '', ...env },
    restart: false,
  })
  const startMs = Math.round(performance.now() - begunMs)
  const answer = await fetch(`${app.url()}/v1/access_token`, {
    method: 'POST',
    body: new URLSearchParams({ ...LOGIN, refresh_token: 'simulated-refresh-token' }),
  })
  const { access_token: token } = (await answer.json()) as { readonly access_token: string }
  return {
    startMs,
    async search(query, variables) {
      const response = await fetch(`${app.url()}/search`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
          'accept-encoding': 'identity',
        },
        body: JSON.stringify({ query, variables }),
      })
      const body = Buffer.from(await response.arrayBuffer())
      if (!response.ok) throw new Error(`search answered ${response.status}: ${body.toString('utf8', 0, 300)}`)
      const [, next] = /"endCursor":"([^"]+)"\}+$/.exec(body.toString('utf8', body.length - 200)) ?? []
      return { text: body.toString('utf8'), bytes: body.length, next }
    },
    cpuMs: () => cpuMsOf(app.pid()),
    async rssMb() {
      const status = await readFile(`/proc/${app.pid()}/status`, 'utf8')
      return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024)
    },
    stop: () => app.stop(),
  }
}
