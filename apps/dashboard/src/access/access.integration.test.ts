import { addUser, changeUser, removeUser } from '@wxcc/db/board-user'
import { SESSION_MS } from '@wxcc/db/board-session'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATOR, logIn, startDashboard } from '../bench.testing.ts'
import { SAMPLE_NOW_MS } from '../ledger.testing.ts'
import { ownPath } from './log-in.ts'

const database = useDatabase()
const redis = useRedis()
const VIEWER = { user: 'viewer@example.org', password: 'only to look at it' }
let nowMs = SAMPLE_NOW_MS
let board: Awaited<ReturnType<typeof startDashboard>>

const start = (more: Partial<Parameters<typeof startDashboard>[0]> = {}) =>
  startDashboard({
    databaseUrl: database.url(),
    redisUrl: redis.url,
    prefix: redis.prefix,
    wallClock: async () => nowMs,
    isWritable: true,
    ...more,
  })

beforeAll(async () => {
  board = await start()
  await addUser(board.db, { name: VIEWER.user, role: 'viewer', password: VIEWER.password, nowMs })
})
afterAll(() => board.close())

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${board.url}${path}`, { method, headers, redirect: 'manual' })
const post = (body: Record<string, string>, headers: Record<string, string> = { origin: board.url }, url = board.url) =>
  fetch(`${url}/log-in`, { method: 'POST', headers, body: new URLSearchParams(body), redirect: 'manual' })
const sessions = () => board.db.selectFrom('etl.board_session').selectAll().execute()
const acts = () => board.db.selectFrom('etl.audit_entry').select(['actor', 'action', 'subject']).execute()
const PAUSE = '/queues/api/queues/fetch-span/pause'

describe('a session', () => {
  it('is not what the browser brought: an id that somebody planted never becomes one', async () => {
    const planted = 'wxcc-session=planted-by-somebody-else'
    const answer = await post(OPERATOR, { origin: board.url, cookie: planted })
    const given = answer.headers.getSetCookie()[0]!
    expect(given).toMatch(/^wxcc-session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/)
    expect((await ask('/', { cookie: planted })).status).toBe(401)
    expect((await ask('/', { cookie: given.split(';')[0]! })).status).toBe(200)
  })

  it('ends when another one begins in its place, and at the log-out', async () => {
    const first = await logIn(board.url)
    const second = await post(OPERATOR, { origin: board.url, ...first })
    const cookie = second.headers.getSetCookie()[0]!.split(';')[0]!
    expect((await ask('/', first)).status).toBe(401)
    const out = await ask('/log-out', { origin: board.url, cookie }, 'POST')
    expect(out.headers.getSetCookie()[0]).toContain('Max-Age=0')
    expect((await ask('/', { cookie })).status).toBe(401)
  })

  it('ends after twelve hours', async () => {
    const session = await logIn(board.url)
    nowMs += SESSION_MS - 1
    expect((await ask('/', session)).status).toBe(200)
    nowMs += 1
    expect((await ask('/', session)).status).toBe(401)
    await logIn(board.url)
    expect(await sessions()).toHaveLength(1)
  })

  it('is stored as a hash only', async () => {
    const { cookie } = await logIn(board.url)
    const token = cookie.split('=')[1]!
    const stored = await sessions()
    expect(stored.some(({ session_hash }) => session_hash.toString('latin1').includes(token))).toBe(false)
  })

  it('ends with the user it is of, and with a change of role or password', async () => {
    const user = { name: 'short-lived', password: 'a while and no more', role: 'operator' as const }
    await addUser(board.db, { ...user, nowMs })
    const whoAmI = { user: user.name, password: user.password }
    const first = await logIn(board.url, whoAmI)
    await changeUser(board.db, user.name, { role: 'viewer' })
    expect((await ask('/', first)).status).toBe(401)
    const second = await logIn(board.url, whoAmI)
    await removeUser(board.db, user.name)
    expect((await ask('/', second)).status).toBe(401)
    expect((await post(whoAmI)).status).toBe(401)
  })

  it('behind TLS travels over TLS only, and cannot be set by a neighbouring host', async () => {
    const secure = await start({ publicUrl: 'https://board.example.org' })
    const answer = await post(OPERATOR, { origin: 'https://board.example.org' }, secure.url)
    await secure.close()
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^__Host-wxcc-session=.*; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    )
    expect(answer.headers.get('strict-transport-security')).toContain('max-age')
  })
})

describe('a request from another site', () => {
  it.each([{ origin: 'https://elsewhere.example' }, { origin: 'null' }, {}])('%o changes nothing', async (headers) => {
    const session = await logIn(board.url)
    const before = await sessions()
    expect((await ask(PAUSE, { ...session, ...headers }, 'PUT')).status).toBe(403)
    expect((await ask('/log-out', { ...session, ...headers }, 'POST')).status).toBe(403)
    expect((await post(OPERATOR, headers)).status).toBe(403)
    expect(await sessions()).toEqual(before)
    expect((await ask('/', session)).status).toBe(200)
  })
})

describe('roles', () => {
  it('a viewer looks: jobs, recordings, connections and the audit are for operators', async () => {
    const session = await logIn(board.url, VIEWER)
    expect((await ask('/', session)).status).toBe(200)
    const { queues } = (await (await ask('/queues/api/queues', session)).json()) as {
      queues: { readOnlyMode: boolean }[]
    }
    expect(queues.every((queue) => queue.readOnlyMode)).toBe(true)
    expect((await ask(PAUSE, { ...session, origin: board.url }, 'PUT')).status).toBe(403)
    for (const path of ['/audit', '/connect', '/connect/callback', '/connect/sources/any', '/recordings/1/file'])
      expect((await ask(path, session)).status).toBe(403)
  })

  it('an operator changes jobs, and that is noted', async () => {
    const session = await logIn(board.url)
    const { queues } = (await (await ask('/queues/api/queues', session)).json()) as {
      queues: { readOnlyMode: boolean }[]
    }
    expect(queues.some((queue) => queue.readOnlyMode)).toBe(false)
    expect((await ask(PAUSE, { ...session, origin: board.url }, 'PUT')).status).toBe(200)
    expect(await acts()).toContainEqual({ actor: OPERATOR.user, action: 'change jobs', subject: `PUT ${PAUSE}` })
    expect(await (await ask('/audit', session)).text()).toContain(`PUT ${PAUSE}`)
  })

  it('the audit takes no change', async () => {
    await expect(board.db.deleteFrom('etl.audit_entry').execute()).rejects.toThrow('only ever added to')
    await expect(board.db.updateTable('etl.audit_entry').set({ actor: 'nobody' }).execute()).rejects.toThrow(
      'only ever',
    )
  })
})

describe('guessing', () => {
  it('is slowed: of thirty tries at once ten are looked at, and then the right password waits too', async () => {
    const slow = await start()
    const guess = (password: string) => post({ user: VIEWER.user, password }, { origin: slow.url }, slow.url)
    const statuses = (await Promise.all(Array.from({ length: 30 }, (_, i) => guess(`guess ${i}`)))).map((a) => a.status)
    const right = await guess(VIEWER.password)
    await slow.close()
    expect(statuses.filter((status) => status === 401)).toHaveLength(10)
    expect(statuses.filter((status) => status === 429)).toHaveLength(20)
    expect(right.status).toBe(429)
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('does not take the right password with a wrong user', async () => {
    expect((await post({ user: 'somebody', password: OPERATOR.password })).status).toBe(401)
  })
})

it.each([
  ['/queues/?a=1', '/queues/?a=1'],
  ['//elsewhere.example', '/'],
  ['/\\elsewhere.example', '/'],
  ['https://elsewhere.example', '/'],
  ['/a\r\nset-cookie: x', '/'],
  [undefined, '/'],
])('after the log-in %s leads to %s', (next, path) => {
  expect(ownPath(next)).toBe(path)
})
