import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openOrgs } from '../open-orgs.ts'
import { listOrgs } from '../orgs.ts'
import { readSettings } from '../settings.ts'
import { createSimulator } from '../simulator.ts'
import { lines, START, task, writeDataset } from '../testing/tiny-dataset.ts'
import type { WorldEvent } from '../world.ts'

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  // What was sent is looked at with expect.
  readonly json: any // oxlint-disable-line typescript/no-explicit-any
}

/** A subscriber that knows nothing of the simulator: it checks signatures with Node's own crypto. */
export interface Receiver {
  readonly url: string
  readonly received: readonly Received[]
  /** What to answer; 204 unless told. `null` never answers. */
  answer(status: (path: string) => number | null): void
  /** Resolves when so many have arrived. */
  until(count: number): Promise<readonly Received[]>
  stop(): Promise<void>
}

export const signatureOf = (secret: string, body: string) => createHmac('sha256', secret).update(body).digest('hex')

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  let waiting: { readonly count: number; readonly done: () => void }[] = []
  let statusOf: (path: string) => number | null = () => 204
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const path = request.url ?? ''
      received.push({ path, headers: request.headers, body, json: JSON.parse(body) })
      const status = statusOf(path)
      if (status !== null) response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end()
      const ready = waiting.filter(({ count }) => received.length >= count)
      waiting = waiting.filter((one) => !ready.includes(one))
      for (const { done } of ready) done()
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer(status) {
      statusOf = status
    },
    async until(count) {
      if (received.length < count) await new Promise<void>((done) => void waiting.push({ count, done }))
      return received
    },
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}

/** A simulator over a tiny dataset to whose world the test gives its events; the clock stands at `START` plus a minute. */
export async function startWithEvents(events: readonly WorldEvent[], env: Readonly<Record<string, string>> = {}) {
  const capture = {
    taskId: 'a',
    recording: [{ id: 'r1', segment: false, attributes: { fileName: 'call.wav', filePath: 'call.wav' } }],
  }
  const dataset = await writeDataset({
    'tasks.jsonl': lines([task({ id: 'a', createdTime: START })]),
    'captures.jsonl': lines([capture]),
    'call.wav': 'audio of a',
  })
  const settings = readSettings({
    SIM_DATASET: dataset.folder,
    SIM_CLOCK_SPEED: '0',
    SIM_CLOCK_START: new Date(START + 60_000).toISOString(),
    SIM_SCOPES: 'cjp:config_read cjp:config_write spark:people_read',
    ...env,
  })
  const { orgs, clock } = await openOrgs(settings, 0)
  const [org] = orgs.all
  const inSpan = ({ fromMs, toMs }: { fromMs: number; toMs: number }) =>
    events.filter(({ time }) => time >= fromMs && time < toMs)
  const app = createSimulator(settings, {
    orgs: listOrgs([{ ...org, world: { ...org.world, events: inSpan } }]),
    clock,
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const granted = await fetch(`${url}/v1/access_token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: settings.SIM_CLIENT_ID,
      client_secret: settings.SIM_CLIENT_SECRET,
      refresh_token: settings.SIM_REFRESH_TOKEN,
    }),
  })
  const { access_token: accessToken } = (await granted.json()) as { access_token: string }
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    // Answers are of any shape; tests look at them with expect.
    const json: any = text === '' ? null : JSON.parse(text) // oxlint-disable-line typescript/no-explicit-any
    return { status: response.status, body: json }
  }
  return {
    orgId: org.id,
    clock,
    call,
    async stop() {
      await app.close()
      await dataset.remove()
    },
  }
}

export type SimulatorWithEvents = Awaited<ReturnType<typeof startWithEvents>>
