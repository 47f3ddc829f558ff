import { mkdtemp, rm } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import S3rver from 's3rver'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { useDatabase } from '../packages/testing/src/database.ts'
import { useRedis } from '../packages/testing/src/redis.ts'
import { until } from '../packages/testing/src/until.ts'
import { SAMPLE_SECRETS } from './app-settings.ts'
import { compose, environmentOf, ourServices } from './compose-file.ts'
import { type ComposeProcess, startAsComposeSays } from './compose-process.ts'
import { imageEnvironment } from './dockerfile.ts'

const database = useDatabase()
const redis = useRedis()
/** Paths the collector was sent something at. */
const collected = new Set<string>()
let objects: S3rver
let collector: Server
let folder = ''
let instead: Record<string, string> = {}
let running: ComposeProcess | undefined

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-compose-'))
  // From npm; it does not check signatures.
  objects = new S3rver({ address: '127.0.0.1', port: 0, directory: folder, silent: true })
  const { port } = await objects.run()
  collector = createServer((request, response) => {
    collected.add(request.url ?? '')
    request.resume().on('end', () => response.writeHead(200).end())
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  instead = {
    DATABASE_URL: database.url(),
    REDIS_URL: redis.url,
    S3_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    SPOOL_DIR: path.join(folder, 'spool'),
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    METRICS_HOST: '127.0.0.1',
    METRICS_PORT: '0',
    SIM_HOST: '127.0.0.1',
    SIM_PORT: '0',
    NODE_COMPILE_CACHE: '',
  }
})

afterEach(async () => {
  running?.child.kill('SIGKILL')
  await running?.ended
  running = undefined
})

afterAll(async () => {
  collector.closeAllConnections()
  await new Promise((resolve) => collector.close(resolve))
  await objects.close()
  await rm(folder, { recursive: true, force: true })
})

/** Only what image or file give a value is replaced: a setting they forget stays forgotten. */
function start(name: string): ComposeProcess {
  const service = compose.services[name]!
  const environment = environmentOf(service, { ...SAMPLE_SECRETS, QUEUE_PREFIX: redis.prefix })
  const given: Record<string, string> = { ...imageEnvironment(), ...environment }
  const replaced = Object.entries(instead).filter(([setting]) => (given[setting] ?? '') !== '')
  running = startAsComposeSays(service, environment, Object.fromEntries(replaced))
  return running
}

const SERVING = ourServices
  .map(([name]) => name)
  .filter((name) => !['migrate', 'wxcc', 'webex-simulator'].includes(name))

test.each(SERVING)('%s becomes ready, tells its metrics, and ends with 0 on SIGTERM', async (name) => {
  const app = start(name)
  const { url, metricsUrl } = await app.listening
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  await until(`${name} to be ready`, async () => (await fetch(`${url}/readyz`)).status === 200)
  expect((await fetch(metricsUrl!)).status).toBe(200)
  app.child.kill('SIGTERM')
  const { code, signal, output } = await app.ended
  expect({ code, signal }, output).toEqual({ code: 0, signal: null })
})

test('the simulator answers where its health is asked, and ends with 0 on SIGTERM', async () => {
  const app = start('webex-simulator')
  const { url } = await app.listening
  const probed = /http:\/\/127\.0\.0\.1:\d+(\S+?)'/.exec(
    compose.services['webex-simulator']?.healthcheck?.test?.at(-1) ?? '',
  )?.[1]
  expect((await fetch(`${url}${probed}`)).status).toBe(200)
  app.child.kill('SIGTERM')
  expect(await app.ended).toMatchObject({ code: 0, signal: null })
})

test.each([
  ['migrate', 'The schema is up to date.'],
  ['wxcc', 'Usage: wxcc'],
])('%s does its work and ends with 0', async (name, said) => {
  const { code, output } = await start(name).ended
  expect(output).toContain(said)
  expect(code).toBe(0)
})

test('what the apps measured and logged reached the collector', () => {
  expect([...collected].sort()).toEqual(expect.arrayContaining(['/v1/logs', '/v1/metrics']))
})
