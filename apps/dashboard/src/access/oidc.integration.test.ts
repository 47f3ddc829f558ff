import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createPort } from 'node:net'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { Provider } from 'oidc-provider'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startDashboard } from '../bench.testing.ts'
import { createOidc, roleOfGroups } from './oidc.ts'

const database = useDatabase()
const redis = useRedis()
const GROUPS: Readonly<Record<string, string[]>> = {
  olga: ['staff', 'wxcc-operators'],
  vera: ['wxcc-viewers'],
  nemo: ['staff'],
}
let issuer = ''
let server: Server
let board: Awaited<ReturnType<typeof startDashboard>>

beforeAll(async () => {
  const boardPort = await freePort()
  const publicUrl = `http://127.0.0.1:${boardPort}`
  server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = { clientId: 'board', clientSecret: 'canary7Q-of-the-board' }
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [`${publicUrl}/log-in/oidc/callback`],
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, preferred_username: `${id}@example.org`, groups: GROUPS[id] }),
    }),
    cookies: { keys: ['of this test'] },
  })
  const answer = provider.callback()
  server.on('request', (request, response) => void answer(request, response))
  board = await startDashboard({
    databaseUrl: database.url(),
    redisUrl: redis.url,
    prefix: redis.prefix,
    port: boardPort,
    publicUrl,
    oidc: createOidc({
      issuer,
      ...client,
      groupsClaim: 'groups',
      operatorGroup: 'wxcc-operators',
      viewerGroup: 'wxcc-viewers',
    }),
  })
})
afterAll(async () => {
  await board.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** What a browser does: keeps cookies by host and port, follows where it is sent, fills in the provider's two forms. */
function browse() {
  const jar = new Map<string, Map<string, string>>()
  const go = async (
    address: string,
    form?: Record<string, string>,
  ): Promise<{ url: URL; status: number; page: string }> => {
    const url = new URL(address)
    const cookies = jar.get(url.host) ?? new Map<string, string>()
    jar.set(url.host, cookies)
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '), accept: 'text/html' },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    })
    for (const set of answer.headers.getSetCookie()) {
      const [name, value] = set.split(';')[0]!.split('=') as [string, string]
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const location = answer.headers.get('location')
    if (location !== null) return go(new URL(location, url).href)
    return { url, status: answer.status, page: await answer.text() }
  }
  return { go, jar }
}

async function logInAs(account: string, browser = browse()) {
  const signIn = await browser.go(`${board.url}/log-in/oidc?next=${encodeURIComponent('/recordings?task=1')}`)
  const action = (page: string) => /action="([^"]+)"/.exec(page)![1]!
  const consent = await browser.go(action(signIn.page), { prompt: 'login', login: account, password: 'any' })
  return browser.go(action(consent.page), { prompt: 'consent' })
}

it('lets whoever is in one of the groups in, with that role, and back to where the person wanted to go', async () => {
  const [olga, vera] = [browse(), browse()]
  const arrived = await logInAs('olga', olga)
  expect([arrived.status, arrived.url.href]).toEqual([200, `${board.url}/recordings?task=1`])
  expect((await olga.go(`${board.url}/audit`)).page).toContain('olga@example.org, operator')
  await logInAs('vera', vera)
  expect((await vera.go(`${board.url}/`)).page).toContain('vera@example.org, viewer')
  expect((await vera.go(`${board.url}/audit`)).status).toBe(403)
})

it('lets nobody else in', async () => {
  const refused = await logInAs('nemo')
  expect([refused.status, refused.page]).toEqual([403, expect.stringContaining('None of your groups')])
  const sessions = await board.db.selectFrom('etl.board_session').select('user_name').execute()
  expect(sessions.map(({ user_name }) => user_name)).not.toContain('nemo@example.org')
})

it('takes no answer that was not asked for in this browser, nor a forged one', async () => {
  const stranger = browse()
  const answer = await stranger.go(`${board.url}/log-in/oidc/callback?code=x&state=y`)
  expect([answer.status, answer.page]).toEqual([400, expect.stringContaining('not begun here')])
  await stranger.go(`${board.url}/log-in/oidc`)
  const forged = await stranger.go(`${board.url}/log-in/oidc/callback?code=x&state=forged&iss=${issuer}`)
  expect(forged.status).toBe(401)
  expect(stranger.jar.get(new URL(board.url).host)!.has('wxcc-session')).toBe(false)
})

it.each([
  [['a', 'operators'], 'operator'],
  ['operators', 'operator'],
  [['viewers', 'operators'], 'operator'],
  [['viewers'], 'viewer'],
  [['a'], undefined],
  [undefined, undefined],
])('groups %j give %s', (groups, role) => {
  expect(roleOfGroups(groups, { operatorGroup: 'operators', viewerGroup: 'viewers' })).toBe(role)
  expect(roleOfGroups(undefined, { operatorGroup: 'operators', viewerGroup: undefined })).toBeUndefined()
})

/** The provider must know where it may send browsers before the board listens. */
async function freePort(): Promise<number> {
  const held = createPort()
  await new Promise<void>((resolve) => held.listen(0, '127.0.0.1', resolve))
  const { port } = held.address() as AddressInfo
  await new Promise((resolve) => held.close(resolve))
  return port
}
