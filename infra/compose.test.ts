import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { DCLinter } from 'dclint'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../packages/runtime/src/load-config.ts'
import { processSettings } from '../packages/runtime/src/settings.ts'
import { APP_SETTINGS, SAMPLE_SECRETS, SECRETS } from './app-settings.ts'
import {
  COMPOSE_FILE,
  ROOT,
  compose,
  composeText,
  durationMs,
  environmentOf,
  ourServices,
  variablesOf,
} from './compose-file.ts'
import { execForm } from './dockerfile.ts'

const WORKERS = ['planner', 'fetcher', 'mapper', 'recording-downloader']
/** What ends by itself; everything else serves /healthz. */
const ONE_SHOT = ['migrate', 'wxcc']
const services = Object.entries(compose.services)
const serving = ourServices.filter(([name]) => !ONE_SHOT.includes(name))

test('is a compose file by the schema of the specification, and the linter finds nothing', () => {
  const linter = new DCLinter({
    quiet: true,
    debug: false,
    exclude: [],
    rules: {
      // Both, because every service of ours is the same image, built here; `pull_policy: build` says so.
      'no-build-and-image': [2, { checkPullPolicy: true }],
      // Ordered by the data's way instead.
      'services-alphabetical-order': 0,
      'top-level-properties-order': 0,
      'service-keys-order': 0,
    },
  })
  expect(messagesOf(linter.lintFiles([COMPOSE_FILE], false))).toEqual([])
})

/** dclint's own declarations do not resolve under `nodenext`; this is what its README shows. */
function messagesOf(results: unknown): string[] {
  const files = results as { messages: { line: number; rule: string; message: string }[] }[]
  return files.flatMap((file) => file.messages.map(({ line, rule, message }) => `${line} ${rule}: ${message}`))
}

test('every app has its service', () => {
  expect(Object.keys(APP_SETTINGS).concat('webex-simulator').sort()).toEqual(ourServices.map(([name]) => name).sort())
})

test.each(services)('%s is pinned, restarts and keeps to this machine', (name, service) => {
  expect(service.image).toMatch(/:\d+\.\d+[\w.-]*$/)
  expect(service.container_name).toBeUndefined()
  expect(service.restart).toBe(ONE_SHOT.includes(name) ? 'no' : 'unless-stopped')
  expect((service.ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
  expect((service.volumes ?? []).filter((volume) => !isThere(volume.split(':')[0] ?? ''))).toEqual([])
})

/** A file of the repository, a named volume, or a path of the container: a volume without a name. */
function isThere(source: string): boolean {
  if (source.startsWith('.')) return existsSync(path.join(ROOT, source))
  return source.startsWith('/') || source in compose.volumes
}

test.each(WORKERS)('%s can be scaled: nothing of it can exist only once', (name) => {
  const { ports, volumes, container_name } = compose.services[name]!
  expect(ports).toBeUndefined()
  expect(container_name).toBeUndefined()
  expect((volumes ?? []).filter((volume) => volume.includes(':'))).toEqual([])
})

describe.each(ourServices)('%s', (name, service) => {
  test('runs a main.ts that exists, in the image of this version', async () => {
    const words = [...(service.entrypoint ?? execForm('ENTRYPOINT') ?? []), ...(service.command ?? [])]
    const main = words.find((word) => word.endsWith('/main.ts')) ?? ''
    expect(main).toBe(`apps/${name === 'migrate' || name === 'wxcc' ? 'cli' : name}/src/main.ts`)
    expect(existsSync(path.join(ROOT, main))).toBe(true)
    const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as { version: string }
    expect(service.image).toBe(`wxcc-pipeline:${version}`)
  })
})

test.each(Object.entries(APP_SETTINGS))(
  '%s gets every setting its app requires, and none it does not read',
  (name, app) => {
    const environment = environmentOf(compose.services[name]!, SAMPLE_SECRETS)
    expect(() => loadConfig(app.shape, environment, app.missing)).not.toThrow()
    // What every process has in common is given to `migrate` as well.
    const read = { ...app.shape, ...processSettings }
    expect(Object.keys(environment).filter((setting) => !(setting in read) && !setting.startsWith('OTEL_'))).toEqual([])
  },
)

test.each(serving)('%s has its health asked where it listens', (name, service) => {
  const environment = environmentOf(service, SAMPLE_SECRETS)
  const [host, port] =
    name === 'webex-simulator'
      ? [environment.SIM_HOST, environment.SIM_PORT]
      : [environment.HTTP_HOST, environment.HTTP_PORT]
  expect(host).toBe('0.0.0.0')
  expect(service.healthcheck?.test?.join(' ')).toContain(`http://127.0.0.1:${port}/healthz'`)
})

test.each(serving)('%s gets signals itself, and time to stop', (_name, service) => {
  const { STOP_GRACE_MS = '0' } = environmentOf(service, SAMPLE_SECRETS)
  expect(service.init).toBe(false)
  expect(durationMs(service.stop_grace_period!)).toBeGreaterThan(Number(STOP_GRACE_MS) + 10_000)
})

/** Who must be up before a service with this setting starts. */
const SERVERS = { DATABASE_URL: 'postgres', REDIS_URL: 'redis', S3_ENDPOINT: 'object-store' }

test.each(services)('%s does not start before what it needs', (name, service) => {
  const waits = service.depends_on ?? {}
  const conditions = Object.fromEntries(
    Object.keys(waits).map((other) => [
      other,
      { condition: ONE_SHOT.includes(other) ? 'service_completed_successfully' : 'service_healthy' },
    ]),
  )
  expect(waits).toEqual(conditions)
  const askedForHealth = Object.keys(waits).filter((other) => !ONE_SHOT.includes(other))
  expect(askedForHealth.filter((other) => compose.services[other]?.healthcheck?.test === undefined)).toEqual([])

  const settings = Object.keys(service.environment ?? {})
  const needed = Object.entries(SERVERS).flatMap(([setting, server]) => (settings.includes(setting) ? [server] : []))
  const migrated = settings.includes('DATABASE_URL') && name !== 'migrate' ? ['migrate'] : []
  expect(Object.keys(waits)).toEqual(expect.arrayContaining([...needed, ...migrated]))
})

test.each(SECRETS)('%s is asked for in words wherever it is used', (secret) => {
  const uses = variablesOf(composeText).filter(({ name }) => name === secret)
  expect(uses.length).toBeGreaterThan(0)
  expect(uses.filter(({ kind, text }) => kind !== 'required' || text.length < 10)).toEqual([])
})

test('nothing but secrets is asked for, and no secret is written down', () => {
  const required = variablesOf(composeText).filter(({ kind }) => kind === 'required')
  expect(new Set(required.map(({ name }) => name))).toEqual(new Set(SECRETS))
  const written = services
    .flatMap(([, { environment }]) => Object.entries(environment ?? {}))
    .filter(([name, value]) => /KEY|PASSWORD|SECRET|AUTH/.test(name) && !/^\$\{\w+:(\?[^}]+|-)\}$/.test(value))
  expect(written.map(([name]) => name)).toEqual([])
})
