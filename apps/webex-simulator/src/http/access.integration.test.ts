import { afterEach, describe, expect, it } from 'vitest'
import { callAs, tokenOf } from '../oauth/consent.testing.ts'
import { startSimulator } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'
import { lines, START, task } from '../testing/tiny-dataset.ts'

let simulator: StartedSimulator
const start = async (env: Record<string, string> = {}) => {
  simulator = await startSimulator({ 'tasks.jsonl': lines([task({ id: 'a', createdTime: START })]) }, env)
}
afterEach(() => simulator.stop())

const query = `{ taskDetails(from: ${START}, to: ${START + 1}) { tasks { id } } }`

describe('token endpoint', () => {
  it('answers a refresh grant with a token that ends in the org', async () => {
    await start()
    const { status, body } = await simulator.token()
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 1_209_600, refresh_token_expires_in: 7_776_000 })
    expect(body.access_token.split('_').at(-1)).toBe(simulator.orgId)
  })

  it('answers 401 to a wrong secret and 400 to a dead refresh token, in the envelope of webexapis.com', async () => {
    await start()
    const wrong = await simulator.token({ client_secret: 'guess' })
    expect([wrong.status, wrong.body.errors.length, wrong.body.trackingId.startsWith('ROUTERGW_')]).toEqual([
      401,
      1,
      true,
    ])
    expect((await simulator.token({ refresh_token: 'guess' })).status).toBe(400)
  })
})

describe('gate', () => {
  it('answers 401 without a living token, in each host’s envelope', async () => {
    await start()
    const search = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) }
    expect(await simulator.call('/search', search)).toMatchObject({ status: 401, body: { error: { key: '401' } } })
    expect(await simulator.call('/v1/people/me')).toMatchObject({ status: 401, body: { errors: [{}] } })
    expect((await simulator.search(query)).status).toBe(200)
    simulator.clock.advance(1_209_600_000)
    expect((await simulator.search(query)).status).toBe(401)
  })

  it('answers 403 to another org', async () => {
    await start()
    const other = '11111111-2222-4333-8444-555555555555'
    expect(await simulator.api(`/search?orgId=${other}`, { query })).toMatchObject({
      status: 403,
      body: { error: { key: '403' } },
    })
    expect((await simulator.api(`/organization/${other}/v2/user`)).status).toBe(403)
  })

  it('gives the caller’s tracking id back, or one of its own', async () => {
    await start()
    const headers = { trackingid: 'mine' }
    expect((await simulator.call('/v1/people/me', { headers })).headers.get('trackingid')).toBe('mine')
    expect((await simulator.search(query)).headers.get('trackingid')).toMatch(/.{36}/)
  })
})

describe('scopes and roles', () => {
  const person = (role: string, scope: string) => tokenOf(simulator, { role, scope })
  const post = (path: string, body: object) => (token: string) => callAs(simulator, token, path, body)
  const get = (path: string) => (token: string) => callAs(simulator, token, path)

  it('lets a token in by its scope, and names what is missing otherwise, in each host’s envelope', async () => {
    await start()
    const search = post('/search', { query })
    const captures = post('/v1/captures/query', { query: { orgId: simulator.orgId, taskIds: ['a'] } })
    const teams = get(`/organization/${simulator.orgId}/v2/team`)
    const everything = await person('full-administrator', 'cjp:config spark:people_read')
    const people = await person('full-administrator', 'spark:people_read')
    const config = await person('full-administrator', 'cjp:config_read')
    for (const call of [search, captures, teams]) {
      expect((await call(everything)).status).toBe(200)
      expect((await call(config)).status).toBe(200)
      const { status, body } = await call(people)
      expect([status, body.error.key]).toEqual([403, '403'])
      expect(body.error.message[0].description).toMatch(/cjp:config_read.* or .*:.* is required/)
    }
    const me = get('/v1/people/me')
    expect((await me(people)).status).toBe(200)
    expect(await me(config)).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('spark:people_read'), errors: [{}] },
    })
  })

  it('lets administrators and supervisors search, and tells agents who may', async () => {
    simulator = await startSimulator({ 'configuration.json': JSON.stringify({ user: [{ id: 'u-1' }] }) })
    const search = async (role: string) =>
      callAs(simulator, await person(role, 'cjp:config_read'), '/search', { query })
    const readers = ['full-administrator', 'contact-center-administrator', 'read-only-administrator', 'supervisor']
    for (const role of readers) expect((await search(role)).status).toBe(200)
    const { status, body } = await search('agent')
    expect([status, body.error.message[0].description]).toEqual([
      403,
      expect.stringMatching(/lacks a role: .*supervisor/),
    ])
  })

  it('lets only administrators change anything, by the scope for it', async () => {
    await start()
    const create = post('/v2/subscriptions', { name: 'x' })
    const read = await create(await person('full-administrator', 'cjp:config_read'))
    expect([read.status, JSON.stringify(read.body)]).toEqual([403, expect.stringContaining('cjp:config_write')])
    for (const role of ['supervisor', 'read-only-administrator'])
      expect((await create(await person(role, 'cjp:config_write'))).status).toBe(403)
    // Let in, and refused for what it says.
    expect((await create(await person('full-administrator', 'cjp:config_write'))).status).toBe(400)
  })

  it('lets identity scopes read captures, of organization administrators only', async () => {
    await start()
    const captures = post('/v1/captures/query', { query: { orgId: simulator.orgId, taskIds: ['a'] } })
    expect((await captures(await person('read-only-administrator', 'Identity:SCIM'))).status).toBe(200)
    expect((await captures(await person('supervisor', 'Identity:SCIM'))).status).toBe(403)
    expect((await post('/search', { query })(await person('full-administrator', 'Identity:SCIM'))).status).toBe(403)
  })

  it('gives the token of the settings the scopes that the settings say', async () => {
    await start({ SIM_SCOPES: 'spark:people_read' })
    expect((await simulator.search(query)).status).toBe(403)
    expect((await simulator.api('/v1/people/me')).status).toBe(200)
  })
})

describe('rate limit', () => {
  it('answers 429 with Retry-After and no body, and opens again when the minute has slid', async () => {
    await start({ SIM_RATE_LIMIT_PER_MINUTE: '2' })
    await simulator.search(query)
    simulator.clock.advance(20_000)
    await simulator.api('/v1/people/me')
    const refused = await simulator.search(query)
    expect([refused.status, refused.headers.get('retry-after'), refused.body]).toEqual([429, '40', ''])
    simulator.clock.advance(40_000)
    expect((await simulator.search(query)).status).toBe(200)
    expect((await simulator.search(query)).status).toBe(429)
    const { body } = await simulator.control('/requests')
    expect(body).toMatchObject({
      total: 5,
      refused: 2,
      maxInSlidingMinute: 4,
      byEndpoint: { 'POST /search': 4, 'GET /v1/people/me': 1 },
    })
  })

  it('counts neither tokens nor the control plane', async () => {
    await start({ SIM_RATE_LIMIT_PER_MINUTE: '1' })
    for (let repeat = 0; repeat < 3; repeat++) await Promise.all([simulator.token(), simulator.control('/clock')])
    expect((await simulator.search(query)).status).toBe(200)
  })
})
