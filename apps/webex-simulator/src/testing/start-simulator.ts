import type { SimulatedClock } from '../clock.ts'
import { openOrgs } from '../open-orgs.ts'
import { readSettings } from '../settings.ts'
import { createSimulator } from '../simulator.ts'
import { writeDataset } from './tiny-dataset.ts'
import type { DatasetFiles } from './tiny-dataset.ts'

interface Answer {
  readonly status: number
  readonly headers: Headers
  // Answers are of any shape; tests look at them with expect.
  readonly body: any // oxlint-disable-line typescript/no-explicit-any
}

export interface StartedSimulator {
  readonly url: string
  readonly orgId: string
  readonly clock: SimulatedClock
  call(path: string, init?: RequestInit): Promise<Answer>
  /** With a token, JSON in, JSON out. */
  api(path: string, body?: unknown): Promise<Answer>
  search(query: string, variables?: object): Promise<Answer>
  control(path: string, body?: unknown, method?: string): Promise<Answer>
  token(overrides?: Record<string, string>): Promise<Answer>
  stop(): Promise<void>
}

const json = { 'content-type': 'application/json' }

/** Serves a dataset on a free port, its clock still (unless told otherwise) and just after the last record. */
export async function startSimulator(files: DatasetFiles, env: Record<string, string> = {}): Promise<StartedSimulator> {
  const dataset = await writeDataset(files)
  return serve({ SIM_DATASET: dataset.folder, ...env }, dataset.remove)
}

/** Serves a generated world whose clock stands at `SIM_CLOCK_START`. */
export function startGenerated(env: Record<string, string> & { SIM_CLOCK_START: string }): Promise<StartedSimulator> {
  return serve(env)
}

async function serve(env: Record<string, string>, cleanUp?: () => Promise<void>): Promise<StartedSimulator> {
  const settings = readSettings({ SIM_CLOCK_SPEED: '0', ...env })
  const { orgs, clock } = await openOrgs(settings, 0)
  const app = createSimulator(settings, { orgs, clock })
  const orgId = orgs.all[0].id
  const url = await app.listen({ host: settings.SIM_HOST, port: settings.SIM_PORT })

  const call = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(path.startsWith('http') ? path : url + path, init)
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') && text !== ''
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }
  const token = (overrides: Record<string, string> = {}) =>
    call('/v1/access_token', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: settings.SIM_CLIENT_ID,
        client_secret: settings.SIM_CLIENT_SECRET,
        refresh_token: settings.SIM_REFRESH_TOKEN,
        ...overrides,
      }),
    })
  const { body: granted } = await token()
  const headers = { ...json, authorization: `Bearer ${granted.access_token}` }
  const api = (path: string, body?: unknown) =>
    call(path, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) })
  return {
    url,
    orgId,
    clock,
    call,
    api,
    token,
    search: (query, variables) => api(`/search?orgId=${orgId}`, { query, variables }),
    control: (path, body, method = body === undefined ? 'GET' : 'POST') =>
      call(`/_sim${path}`, body === undefined ? { method } : { method, headers: json, body: JSON.stringify(body) }),
    async stop() {
      await app.close()
      await cleanUp?.()
    },
  }
}
