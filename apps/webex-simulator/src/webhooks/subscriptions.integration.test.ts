import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWithEvents } from './webhooks.testing.ts'
import type { SimulatorWithEvents } from './webhooks.testing.ts'

let simulator: SimulatorWithEvents
beforeAll(async () => {
  simulator = await startWithEvents([], { SIM_WEBHOOK_LOCAL: 'false' })
})
afterAll(() => simulator.stop())

const SECRET = 'not-a-secret-but-thirty-two-characters'
const body = {
  name: 'Reporting',
  description: 'Ends of tasks',
  eventTypes: ['task:ended'],
  destinationUrl: 'https://www.cisco.com/hook',
  secret: SECRET,
}
const bodyV2 = { ...body, resourceVersion: 'task:1.0.0' }
const create = (version: string, changes: object = {}) =>
  simulator.call('POST', `/${version}/subscriptions`, { ...(version === 'v2' ? bodyV2 : body), ...changes })

describe('event types', () => {
  it('name resource and action; version 2 adds the versions of resources', async () => {
    const first = await simulator.call('GET', '/v1/event-types')
    expect(first.body.meta).toEqual({ orgId: simulator.orgId })
    expect(first.body.data).toContainEqual({ name: 'agent:state_change', resource: 'agent', action: 'state_change' })
    const second = await simulator.call('GET', '/v2/event-types')
    expect(second.body.meta.resourceVersionList).toContainEqual({ resource: 'agent', version: '1.0.0' })
    const names = second.body.data.map(({ name }: { name: string }) => name)
    expect(names).toContain('agent:channel_state_change')
    expect(names).not.toContain('agent:state_change')
  })
})

describe.each(['v1', 'v2'])('subscriptions of %s', (version) => {
  it('are created, read, changed and removed, and never show their secret', async () => {
    const created = await create(version)
    expect(created.status).toBe(201)
    const { id, ...rest } = created.body.data
    expect(rest).toEqual({
      name: body.name,
      description: body.description,
      eventTypes: body.eventTypes,
      destinationUrl: body.destinationUrl,
      createdTime: simulator.clock.nowMs(),
      createdBy: expect.stringContaining('@'),
      status: 'active',
      lastUpdatedTime: simulator.clock.nowMs(),
      lastUpdatedBy: expect.stringContaining('@'),
      ...(version === 'v2' ? { resourceVersion: 'task:1.0.0' } : {}),
    })
    const path = `/${version}/subscriptions/${id}`
    expect((await simulator.call('GET', path)).body.data).toEqual(created.body.data)
    simulator.clock.advance(1000)
    const patched = await simulator.call('PATCH', path, { name: 'Renamed', status: 'inactive', orgId: simulator.orgId })
    expect(patched.body.data).toMatchObject({ name: 'Renamed', status: 'inactive', eventTypes: body.eventTypes })
    expect(patched.body.data.lastUpdatedTime).toBe(simulator.clock.nowMs())
    expect(patched.body.data.createdTime).toBeLessThan(simulator.clock.nowMs())
    const other = version === 'v1' ? 'v2' : 'v1'
    expect((await simulator.call('GET', `/${other}/subscriptions`)).body.data).toEqual([])
    const control = await simulator.call('GET', '/_sim/webhooks')
    expect(control.body.subscriptions).toHaveLength(1)
    expect(JSON.stringify([created.body, patched.body, control.body])).not.toContain(SECRET)
    expect(await simulator.call('DELETE', path)).toEqual({ status: 204, body: null })
    expect(await simulator.call('GET', path)).toMatchObject({ status: 404, body: { error: { key: 404 } } })
    expect((await simulator.call('DELETE', path)).status).toBe(404)
    expect((await simulator.call('PATCH', path, {})).status).toBe(404)
  })

  it.each([
    ['a short name', { name: 'abc' }],
    ['a long name', { name: 'a'.repeat(65) }],
    ['a long description', { description: 'a'.repeat(1025) }],
    ['no event types', { eventTypes: [] }],
    ['33 event types', { eventTypes: Array.from({ length: 33 }, (_, at) => `task:${at}`) }],
    ['an event type twice', { eventTypes: ['task:ended', 'task:ended'] }],
    ['an unknown event type', { eventTypes: ['task:vanished'] }],
    ['a short secret', { secret: 'a'.repeat(31) }],
    ['a long secret', { secret: 'a'.repeat(257) }],
    ['no destination', { destinationUrl: undefined }],
    ['plain http', { destinationUrl: 'http://www.cisco.com/hook' }],
    ['another port', { destinationUrl: 'https://www.cisco.com:8443/hook' }],
    ['a query', { destinationUrl: 'https://www.cisco.com/hook?a=b' }],
    ['a fragment', { destinationUrl: 'https://www.cisco.com/hook#a' }],
    ['user information', { destinationUrl: 'https://me@www.cisco.com/hook' }],
    ['no path', { destinationUrl: 'https://www.cisco.com' }],
    ['an address instead of a name', { destinationUrl: 'https://198.51.100.1/hook' }],
    ['a name that is not public', { destinationUrl: 'https://receiver.local/hook' }],
    ['this machine', { destinationUrl: 'http://127.0.0.1:8080/hook' }],
  ])('refuse %s', async (_name, changes) => {
    const refused = await create(version, changes)
    expect(refused).toMatchObject({ status: 400, body: { error: { key: 400, message: [{}] } } })
    expect(refused.body.trackingId).toMatch(/^NOTIFS_/)
  })

  it('refuse another organization', async () => {
    expect((await create(version, { orgId: '11111111-2222-4333-8444-555555555555' })).status).toBe(403)
  })
})

describe('subscriptions of v2', () => {
  it.each([
    ['without a resource version', { resourceVersion: undefined }],
    ['with an unknown one', { resourceVersion: 'task:9.0.0' }],
    ['of two resources', { eventTypes: ['task:ended', 'agent:login'] }],
  ])('are refused %s', async (_name, changes) => {
    expect((await create('v2', changes)).status).toBe(400)
  })

  it('may not leave their resource later', async () => {
    const { body: created } = await create('v2')
    const path = `/v2/subscriptions/${created.data.id}`
    expect((await simulator.call('PATCH', path, { eventTypes: ['agent:login'] })).status).toBe(400)
    expect(
      (await simulator.call('PATCH', path, { eventTypes: ['agent:login'], resourceVersion: 'agent:1.0.0' })).status,
    ).toBe(200)
    await simulator.call('DELETE', path)
  })
})

const fixtures = process.env['WEBEX_FIXTURES']
it.runIf(fixtures !== undefined).each(['v1', 'v2'])(
  '%s answers with the members of the published examples',
  async (version) => {
    const published = async (name: string) =>
      JSON.parse(await readFile(join(fixtures!, `openapi--${version}-${name}.json`), 'utf8'))
    const example = await published('subscriptions-create.201')
    const created = await create(version)
    expect(Object.keys(created.body).toSorted()).toEqual(Object.keys(example).toSorted())
    expect(Object.keys(created.body.data).toSorted()).toEqual(Object.keys(example.data).toSorted())
    await simulator.call('DELETE', `/${version}/subscriptions/${created.body.data.id}`)
    const types = await published('event-types.200')
    const { body: listed } = await simulator.call('GET', `/${version}/event-types`)
    expect(Object.keys(listed.meta).toSorted()).toEqual(Object.keys(types.meta).toSorted())
    expect(listed.data).toContainEqual(types.data[0])
  },
)

it('an organization has twenty subscriptions and no more', async () => {
  for (let count = 0; count < 20; count++) expect((await create(count % 2 === 0 ? 'v1' : 'v2')).status).toBe(201)
  expect((await create('v1')).status).toBe(400)
  expect((await simulator.call('GET', '/v1/subscriptions')).body.data).toHaveLength(10)
})
