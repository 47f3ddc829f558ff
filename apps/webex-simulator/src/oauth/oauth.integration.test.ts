import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { webexId } from '../people/people-ids.ts'
import { startSimulator } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'
import { lines, START, task } from '../testing/tiny-dataset.ts'
import { callAs, tokenOf } from './consent.testing.ts'

const REDIRECT = 'http://localhost:3000/callback'
const VERIFIER = 'correct-horse-battery-staple-and-then-some-more'

let simulator: StartedSimulator
const start = async (env: Record<string, string> = {}) => {
  simulator = await startSimulator({ 'tasks.jsonl': lines([task({ id: 'a', createdTime: START })]) }, env)
}
afterEach(() => simulator.stop())

const authorizeUrl = (overrides: Record<string, string> = {}) => {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'simulated-client',
    redirect_uri: REDIRECT,
    scope: 'cjp:config_read spark:people_read',
    state: 'opaque state',
    ...overrides,
  })
  return `/v1/authorize?${query.toString()}`
}
/** What a form of the page would send. */
const formOf = (html: string) => ({
  ticket: /name="ticket" value="([^"]+)"/.exec(html)?.[1] ?? '',
  people: [...html.matchAll(/name="person" value="([^"]+)"/g)].map((match) => match[1] ?? ''),
})
const submit = (fields: Record<string, string>, cookie = '', path = '/v1/authorize') =>
  simulator.call(path, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie },
    body: new URLSearchParams(fields),
  })
const open = (overrides?: Record<string, string>, cookie = '') =>
  simulator.call(authorizeUrl(overrides), { redirect: 'manual', headers: { cookie } })
const back = (headers: Headers) => new URL(headers.get('location') ?? '').searchParams
const exchange = (code: string, overrides: Record<string, string> = {}) =>
  simulator.token({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT, ...overrides })

async function accept(overrides?: Record<string, string>) {
  const { ticket, people } = formOf((await open(overrides)).body)
  const answer = await submit({ ticket, person: people[0] ?? '', decision: 'accept' })
  return { answer, code: back(answer.headers).get('code') ?? '' }
}

describe('authorization code', () => {
  it('goes from consent to a token of the person who consented', async () => {
    await start()
    const { answer, code } = await accept()
    expect([answer.status, back(answer.headers).get('state')]).toEqual([302, 'opaque state'])
    const { status, body } = await exchange(code)
    expect([status, body.scope]).toEqual([200, 'cjp:config_read spark:people_read'])
    const me = await callAs(simulator, body.access_token, '/v1/people/me')
    expect(me.body).toMatchObject({ roles: [webexId('ROLE', 'id_full_admin')], type: 'person' })
    expect((await simulator.token({ refresh_token: body.refresh_token })).status).toBe(200)
  })

  it('is good once, and ends all it gave when it is shown again', async () => {
    await start()
    const { code } = await accept()
    const { body } = await exchange(code)
    expect((await exchange(code)).status).toBe(400)
    expect((await callAs(simulator, body.access_token, '/v1/people/me')).status).toBe(401)
    expect((await simulator.token({ refresh_token: body.refresh_token })).status).toBe(400)
  })

  it('dies after ten minutes, or when the settings say', async () => {
    await start({ SIM_AUTHORIZATION_CODE_SECONDS: '30' })
    const { code } = await accept()
    simulator.clock.advance(30_000)
    expect((await exchange(code)).status).toBe(400)
  })

  it('wants the same redirect_uri and the verifier', async () => {
    await start()
    const challenge = createHash('sha256').update(VERIFIER).digest('base64url')
    const { code } = await accept({ code_challenge: challenge, code_challenge_method: 'S256' })
    expect((await exchange(code, { code_verifier: VERIFIER, redirect_uri: 'http://localhost:3000/' })).status).toBe(400)
    expect((await exchange(code)).status).toBe(400)
    expect((await exchange(code, { code_verifier: VERIFIER })).status).toBe(200)
  })

  it('of the settings works once, without a browser', async () => {
    await start()
    expect((await exchange('simulated-code', { redirect_uri: '' })).status).toBe(200)
    expect((await exchange('simulated-code', { redirect_uri: '' })).status).toBe(400)
  })
})

describe('consent page', () => {
  it('tells the app that the person declined, and cannot be answered twice', async () => {
    await start()
    const { ticket, people } = formOf((await open()).body)
    const declined = await submit({ ticket, decision: 'decline' })
    expect(Object.fromEntries(back(declined.headers))).toMatchObject({ error: 'access_denied', state: 'opaque state' })
    expect((await submit({ ticket, person: people[0] ?? '', decision: 'accept' })).status).toBe(400)
  })

  it('goes nowhere for an unknown app or an address that is not the app’s', async () => {
    await start()
    for (const overrides of [{ client_id: 'nobody' }, { redirect_uri: 'https://elsewhere.example/' }]) {
      const { status, headers, body } = await open(overrides)
      expect([status, headers.get('location'), headers.get('content-type')]).toEqual([
        400,
        null,
        'text/html; charset=utf-8',
      ])
      expect(body).toContain('cannot be answered')
    }
  })

  it('escapes what it shows, and lets nothing in from elsewhere', async () => {
    await start()
    const { headers, body } = await open({ login_hint: '"><script>', state: '"><script>' })
    expect(body).not.toContain('<script')
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; form-action/)
  })

  it('offers whoever login_hint names, chosen already', async () => {
    const user = (id: number) => ({ id: `user-${id}`, firstName: 'Ida', email: `ida.${id}@harbour.example` })
    simulator = await startSimulator({ 'configuration.json': JSON.stringify({ user: [1, 2, 3, 4].map(user) }) })
    const chosen = (html: string) => /value="[^"]*" required checked>\s*<span>[^<]*<small>([^<]*)</.exec(html)?.[1]
    const plain = (await open()).body
    expect([plain.includes('ida.2@'), plain.includes('ida.4@')]).toEqual([true, false])
    expect(chosen(plain)).not.toContain('Ida')
    expect(chosen((await open({ login_hint: 'IDA.4@harbour.example' })).body)).toBe('Ida, ida.4@harbour.example')
  })

  it('asks again with prompt=login, and never with prompt=none', async () => {
    await start()
    const nobody = await open({ prompt: 'none' })
    expect(back(nobody.headers).get('error')).toBe('login_required')
    // More than the grant of the settings, so that it is not allowed already.
    const wish = { scope: 'cjp:config_write' }
    const { answer, code } = await accept(wish)
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect(cookie).not.toBe('')
    expect(back((await open({ ...wish, prompt: 'none' }, cookie)).headers).get('error')).toBe('consent_required')
    await exchange(code)
    expect(back((await open({ ...wish, prompt: 'none' }, cookie)).headers).get('code')).toMatch(/.{40}/)
    expect(formOf((await open({}, cookie)).body).people).toEqual([])
    expect(formOf((await open({ prompt: 'login' }, cookie)).body).people).not.toEqual([])
    expect(formOf((await open({}, cookie)).body).people).not.toEqual([])
  })
})

describe('token endpoint', () => {
  const refused = { client_secret: 'guess' }

  it('wraps what the inner service says to a dead refresh token', async () => {
    await start()
    const { status, body } = await simulator.token({ refresh_token: 'guess' })
    expect([status, Object.keys(body)]).toEqual([400, ['message', 'errors', 'trackingId']])
    expect(body.message).toMatch(
      /^POST failed: HTTP\/1\.1 400 Bad Request \(url = http[^,]+, request\/response TrackingId = ROUTER_/,
    )
    expect(body.message).toContain('The refresh token provided is expired, revoked, malformed, or invalid.')
    expect(body.trackingId).toMatch(/^ROUTER_/)
    expect(JSON.stringify(body)).not.toContain('guess')
  })

  it('speaks plain OAuth instead, when told to', async () => {
    await start({ SIM_TOKEN_ERROR_FORM: 'oauth' })
    expect(await simulator.token({ refresh_token: 'guess' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
    expect(await simulator.token(refused)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    const unknown = await simulator.token({ grant_type: 'password' })
    expect(unknown).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } })
  })

  it('lives by the persona of an older tenant: twelve hours, new refresh tokens, a clock that goes on', async () => {
    await start({ SIM_PERSONA: 'rotating-tokens', SIM_REFRESH_TOKEN_SECONDS: '1000' })
    // The first refresh, of whoever started the simulator, has rotated the token of the settings away.
    expect((await simulator.token()).status).toBe(400)
    const token = await tokenOf(simulator, { scope: 'cjp:config_read' })
    expect(token).toMatch(/_SIM1_/)
    const { code } = await accept()
    const first = (await exchange(code)).body
    expect([first.expires_in, first.refresh_token_expires_in]).toEqual([43_200, 1000])
    simulator.clock.advance(600_000)
    const second = (await simulator.token({ refresh_token: first.refresh_token })).body
    expect(second.refresh_token_expires_in).toBe(400)
    expect((await simulator.token({ refresh_token: first.refresh_token })).status).toBe(400)
    simulator.clock.advance(400_000)
    expect((await simulator.token({ refresh_token: second.refresh_token })).status).toBe(400)
  })

  it('says where the endpoints are', async () => {
    await start()
    expect((await simulator.call('/idb/.well-known/openid-configuration')).body).toMatchObject({
      authorization_endpoint: `${simulator.url}/v1/authorize`,
      token_endpoint: `${simulator.url}/v1/access_token`,
    })
  })
})

describe('service app', () => {
  const firstToken = async (overrides: Record<string, string> = {}, scope = 'spark:applications_token') => {
    const { apps } = (await simulator.control('/oauth')).body
    const { applicationId } = apps.find(({ clientId }: { clientId: string }) => clientId === 'simulated-service-app')
    const body = {
      clientId: 'simulated-service-app',
      clientSecret: 'simulated-service-app-secret',
      targetOrgId: simulator.orgId,
      ...overrides,
    }
    const path = `/v1/applications/${overrides['applicationId'] ?? applicationId}/token`
    return callAs(simulator, await tokenOf(simulator, { scope }), path, body)
  }

  it('gets its first tokens in an organization that has authorized it, and is a machine there', async () => {
    await start()
    const { status, body } = await firstToken()
    expect(status).toBe(200)
    const me = await callAs(simulator, body.access_token, '/v1/people/me')
    expect(me.body).toMatchObject({ displayName: 'Simulated service app', type: 'bot' })
    const search = { query: `{ taskDetails(from: ${START}, to: ${START + 1}) { tasks { id } } }` }
    expect((await callAs(simulator, body.access_token, '/search', search)).status).toBe(200)
    const again = await firstToken({
      targetOrgId: Buffer.from(`ciscospark://us/ORGANIZATION/${simulator.orgId}`).toString('base64'),
    })
    expect(again.body.refresh_token).toBe(body.refresh_token)
  })

  it('is refused without the scope, with a wrong secret, an unknown app or org, and once it is removed', async () => {
    await start()
    expect(await firstToken({}, 'spark:people_read')).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('spark:applications_token') },
    })
    expect((await firstToken({ clientSecret: 'guess' })).status).toBe(401)
    expect((await firstToken({ applicationId: 'nobody' })).status).toBe(404)
    expect((await firstToken({ targetOrgId: '' })).status).toBe(400)
    expect((await firstToken({ targetOrgId: '11111111-2222-4333-8444-555555555555' })).status).toBe(403)
    const { body } = await firstToken()
    const removed = await simulator.control('/oauth/revoke', { clientId: 'simulated-service-app' })
    expect(removed.body).toEqual({ revoked: 1 })
    expect((await callAs(simulator, body.access_token, '/v1/people/me')).status).toBe(401)
    expect((await firstToken()).status).toBe(403)
  })
})

describe('control plane', () => {
  it('lists apps and grants without any secret', async () => {
    await start()
    const { body } = await simulator.control('/oauth')
    expect(body.grants).toMatchObject([
      { clientId: 'simulated-client', orgId: simulator.orgId, state: 'living', livingAccessTokens: 1 },
    ])
    expect(JSON.stringify(body)).not.toMatch(/simulated-(secret|refresh-token|code)|service-app-secret|_SIM1_/)
  })

  it('removes an app: its refresh token answers 400, its access token 401', async () => {
    await start()
    expect((await simulator.control('/oauth/revoke', { grant: 'x' })).status).toBe(400)
    expect((await simulator.control('/oauth/revoke', { orgId: 'elsewhere' })).body).toEqual({ revoked: 0 })
    expect((await simulator.control('/oauth/revoke', { orgId: simulator.orgId })).body).toEqual({ revoked: 1 })
    expect((await simulator.token()).status).toBe(400)
    expect((await simulator.api('/v1/people/me')).status).toBe(401)
    expect((await simulator.control('/oauth')).body.grants[0].state).toBe('revoked')
  })

  it('gives codes only for what the app may ask for', async () => {
    await start()
    const wanted = { clientId: 'simulated-client', scope: 'cjp:config_read', redirectUri: REDIRECT }
    expect((await simulator.control('/oauth/codes', wanted)).status).toBe(200)
    expect((await simulator.control('/oauth/codes', { ...wanted, scope: 'made:up' })).status).toBe(400)
    expect((await simulator.control('/oauth/codes', { ...wanted, redirectUri: 'https://x.example/' })).status).toBe(400)
    expect((await simulator.control('/oauth/codes', { ...wanted, clientId: 'nobody' })).status).toBe(404)
    expect((await simulator.control('/oauth/codes', { ...wanted, email: 'nobody@x.example' })).status).toBe(404)
  })
})
