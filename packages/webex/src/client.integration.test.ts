import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FatalError, RateLimitedError, RetryableError, SplitError } from '@wxcc/contracts/failures'
import { Secret } from '@wxcc/contracts/secret'
import { createLogger } from '@wxcc/telemetry/log'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type CredentialStore, type RefreshTurn, type StoredCredential, createTokenSource } from './access-token.ts'
import { createWebexClient } from './client.ts'
import { csrPage } from './search.ts'

/** Stands for the wire: answers what a test says, and remembers what came. */
let answer: (request: IncomingMessage, response: ServerResponse) => void
let grant: (response: ServerResponse) => void
let requests: IncomingMessage[] = []
let grants = 0
let url = ''
const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    if (request.url === '/v1/access_token') {
      grants++
      grant(response)
      return
    }
    requests.push(request)
    answer(request, response)
  })
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})
beforeEach(() => {
  requests = []
  grants = 0
  grant = (response) =>
    json(response, 200, {
      access_token: `token-${grants}`,
      expires_in: 3_600,
      refresh_token: 'rotated',
      refresh_token_expires_in: 5_000,
    })
})

const json = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
const page = (over: object = {}) => ({
  data: {
    taskDetails: { tasks: [{ id: 't1', createdTime: 5 }], pageInfo: { hasNextPage: false, endCursor: null }, ...over },
  },
})
const NOW_MS = 1_000_000

function memoryStore(): CredentialStore & { credential: StoredCredential; needsConsent: boolean } {
  let isTaken = false
  const store = {
    needsConsent: false,
    credential: {
      clientId: 'id',
      clientSecret: new Secret('secret-of-client'),
      tokenUrl: `${url}/v1/access_token`,
      refreshToken: new Secret('secret-refresh'),
      accessToken: null,
      accessTokenExpiresAtMs: null,
      state: 'active',
    } as StoredCredential,
    read: async () => store.credential,
    async takeTurn<T>(work: (turn: RefreshTurn) => Promise<T>) {
      if (isTaken) return undefined
      isTaken = true
      try {
        return { value: await work(turn) }
      } finally {
        isTaken = false
      }
    },
  }
  const turn: RefreshTurn = {
    credential: store.credential,
    begin: async () => {},
    save: async (tokens) => Boolean(Object.assign(store.credential, tokens)),
    refuse: async () => (store.needsConsent = true),
  }
  return store
}

function aClient(store = memoryStore()) {
  let acquired = 0
  const throttled: number[] = []
  const client = createWebexClient({
    apiUrl: url,
    orgId: 'org',
    token: createTokenSource({ store, now: async () => NOW_MS }),
    lane: 'live',
    acquire: async () => void acquired++,
    log: createLogger('test', { write: () => {} }),
    maxPageBytes: 10_000,
    onThrottled: async (retryAfterMs) => void throttled.push(retryAfterMs),
  })
  return { ask: () => csrPage(client, { fromMs: 1, toMs: 10 }), acquired: () => acquired, throttled, store }
}

test.each([
  { status: 400, class: FatalError, code: 'vendor_bad_request' },
  { status: 422, class: FatalError, code: 'vendor_bad_request' },
  { status: 302, class: FatalError, code: 'vendor_bad_request' },
  { status: 403, class: FatalError, code: 'vendor_forbidden' },
  { status: 404, class: FatalError, code: 'vendor_not_found' },
  { status: 413, class: SplitError, code: 'vendor_too_large' },
  { status: 500, class: RetryableError, code: 'vendor_unavailable' },
  { status: 503, class: RetryableError, code: 'vendor_unavailable' },
])('$status is $code, and shows neither address nor token nor body', async ({ status, class: type, code }) => {
  answer = (_request, response) => json(response, status, { error: { key: 'private words' } })
  const error = await aClient()
    .ask()
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(type)
  expect(error).toMatchObject({ code })
  expect(`${String(error)} ${(error as Error).stack}`).not.toMatch(/token-|orgId|private|secret/)
})

test('a 429 waits for as long as the vendor says', async () => {
  answer = (_request, response) => void response.writeHead(429, { 'retry-after': '17' }).end()
  const { ask, throttled } = aClient()
  const error = await ask().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RateLimitedError)
  expect(error).toMatchObject({ retryAfterMs: 17_000 })
  expect(throttled).toEqual([17_000])
})

test.each([
  { body: { errors: [{ message: 'x' }], data: page().data }, code: 'vendor_graphql_error', class: RetryableError },
  { body: { error: { key: '500' } }, code: 'vendor_graphql_error', class: RetryableError },
  {
    body: { errors: [{ extensions: { classification: 'ValidationError' } }] },
    code: 'vendor_graphql_error',
    class: FatalError,
  },
  { body: { data: { taskDetails: { tasks: null } } }, code: 'vendor_malformed', class: RetryableError },
  { body: page({ tasks: { id: 'not a list' } }), code: 'vendor_malformed', class: RetryableError },
  { body: page({ pageInfo: { hasNextPage: true, endCursor: null } }), code: 'vendor_malformed', class: RetryableError },
])('a 200 with $code holds no records', async ({ body, code, class: type }) => {
  answer = (_request, response) => json(response, 200, body)
  const error = await aClient()
    .ask()
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(type)
  expect(error).toMatchObject({ code })
})

test('an item that is no record leaves the others of its page, and is counted', async () => {
  const tasks = [{ id: 7 }, null, { id: 't1', createdTime: null }, { id: 't2', createdTime: 5 }]
  answer = (_request, response) => json(response, 200, page({ tasks }))
  expect(await aClient().ask()).toMatchObject({ records: [{ id: 't2', createdTime: 5 }], recordCount: 4 })
})

test('an answer beyond MAX_PAGE_BYTES is to be split', async () => {
  answer = (_request, response) => json(response, 200, { ...page(), filler: 'x'.repeat(20_000) })
  await expect(aClient().ask()).rejects.toBeInstanceOf(SplitError)
})

test('a connection broken under us is asked once more, for a second token of the budget; broken again it is given up', async () => {
  answer = (request, response) => (requests.length === 1 ? void request.socket.destroy() : json(response, 200, page()))
  const once = aClient()
  expect((await once.ask()).records).toEqual([{ id: 't1', createdTime: 5 }])
  expect(once.acquired()).toBe(2)
  requests = []
  answer = (request) => void request.socket.destroy()
  await expect(aClient().ask()).rejects.toMatchObject({ code: 'vendor_timeout' })
  expect(requests).toHaveLength(2)
})

test('a body shorter than declared is no answer', async () => {
  answer = (request, response) => {
    response.writeHead(200, { 'content-length': '5000' }).write('{"data":')
    setImmediate(() => request.socket.destroy())
  }
  await expect(aClient().ask()).rejects.toMatchObject({ code: 'vendor_timeout' })
})

test('a 401 is refreshed once and asked again; a second one is final', async () => {
  answer = (request, response) =>
    request.headers.authorization === 'Bearer token-2' ? json(response, 200, page()) : json(response, 401, {})
  const { ask, acquired, store } = aClient()
  await ask()
  expect(acquired()).toBe(2)
  expect(store.credential.accessToken?.reveal()).toBe('token-2')
  expect(store.credential.refreshToken.reveal()).toBe('rotated')
  expect(store.credential).toMatchObject({ refreshTokenExpiresAtMs: NOW_MS + 5_000_000 })
  answer = (_request, response) => json(response, 401, {})
  await expect(aClient().ask()).rejects.toMatchObject({ code: 'vendor_unauthorized', name: 'FatalError' })
})

test('many callers, and two processes with one store, cause one refresh', async () => {
  answer = (_request, response) => json(response, 200, page())
  const store = memoryStore()
  const [one, two] = [aClient(store), aClient(store)]
  await Promise.all([one.ask(), one.ask(), two.ask(), two.ask(), one.ask()])
  expect(grants).toBe(1)
})

test.each([400, 401])('a refresh token refused with %i needs consent', async (status) => {
  grant = (response) => json(response, status, { message: 'expired, revoked, malformed' })
  const { ask, store } = aClient()
  await expect(ask()).rejects.toMatchObject({ code: 'consent_needed', name: 'ParkedError' })
  expect(store.needsConsent).toBe(true)
})

test('a token endpoint that is away passes by itself', async () => {
  grant = (response) => json(response, 503, {})
  const { ask, store } = aClient()
  await expect(ask()).rejects.toMatchObject({ code: 'vendor_unavailable', name: 'RetryableError' })
  expect(store.needsConsent).toBe(false)
})

test('tracking ids go both ways, and the body is kept as it came', async () => {
  answer = (_request, response) =>
    json(response, 200, { ...page(), unknown: { kept: true } }, { trackingid: 'VENDOR_1' })
  const { ask } = aClient()
  const { trackingId, body } = await ask()
  expect(trackingId).toBe('VENDOR_1')
  expect(requests[0]!.headers.trackingid).toMatch(/^[0-9a-f-]{36}$/)
  expect(body.toString()).toContain('"unknown":{"kept":true}')
})
