import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callAs, tokenOf } from '../oauth/consent.testing.ts'
import { startSimulator } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'
import { webexId } from './people-ids.ts'

const uuid = (index: number) => `5b0f7c3e-0000-4000-8000-${String(index).padStart(12, '0')}`
const user = (index: number) => ({
  id: `user-${index}`,
  ciUserId: uuid(index),
  firstName: 'Ida',
  lastName: `Nr${index}`,
  email: `ida.${index}@harbour.example`,
})

let simulator: StartedSimulator
let administrator: string
let person: string
beforeAll(async () => {
  const users = Array.from({ length: 150 }, (_, index) => user(index))
  simulator = await startSimulator({ 'configuration.json': JSON.stringify({ user: users }) })
  administrator = await tokenOf(simulator, { scope: 'spark:people_read spark-admin:people_read' })
  person = await tokenOf(simulator, { scope: 'spark:people_read' })
})
afterAll(() => simulator.stop())

const list = (query: Record<string, string>, token = person) =>
  callAs(simulator, token, `/v1/people?${new URLSearchParams(query).toString()}`)
const namesIn = (body: { items: { displayName: string }[] }) => body.items.map(({ displayName }) => displayName)

describe('people', () => {
  it('finds by address and by the beginning of a name', async () => {
    const { items, notFoundIds } = (await list({ email: 'IDA.7@harbour.example' })).body
    expect(notFoundIds).toEqual([])
    expect(items).toMatchObject([
      {
        id: webexId('PEOPLE', uuid(7)),
        orgId: webexId('ORGANIZATION', simulator.orgId),
        displayName: 'Ida Nr7',
        emails: ['ida.7@harbour.example'],
      },
    ])
    expect(namesIn((await list({ displayName: 'ida nr14' })).body)).toHaveLength(11)
    expect(namesIn((await list({ email: 'nobody@harbour.example' })).body)).toEqual([])
  })

  it('finds by ids, and names those nobody has', async () => {
    const [known, unknown] = [webexId('PEOPLE', uuid(3)), webexId('PEOPLE', uuid(999))]
    const { body } = await list({ id: `${known},${unknown},garbage` })
    expect([namesIn(body), body.notFoundIds]).toEqual([['Ida Nr3'], [unknown, 'garbage']])
    const many = (count: number) => list({ id: Array.from({ length: count }, () => known).join() })
    expect([(await many(85)).status, (await many(86)).status]).toEqual([200, 400])
  })

  it('answers one person, by an id of any cluster', async () => {
    const other = Buffer.from(`ciscospark://eu/PEOPLE/${uuid(3)}`).toString('base64')
    expect((await callAs(simulator, person, `/v1/people/${other}`)).body.displayName).toBe('Ida Nr3')
    expect(await callAs(simulator, person, `/v1/people/${uuid(3)}`)).toMatchObject({
      status: 404,
      body: { errors: [{}] },
    })
  })

  it('lists everybody only to an administrator with the scope for it', async () => {
    expect(await list({})).toMatchObject({ status: 400, body: { message: expect.stringContaining('displayName') } })
    expect((await list({}, administrator)).status).toBe(200)
    const scope = 'spark:people_read spark-admin:people_read'
    expect((await list({}, await tokenOf(simulator, { role: 'supervisor', scope }))).status).toBe(400)
  })

  it('pages by Link headers', async () => {
    const names: string[] = []
    const sizes: number[] = []
    let path: string | undefined = '/v1/people?max=60&displayName=ida'
    while (path !== undefined) {
      const { headers, body } = await callAs(simulator, person, path)
      names.push(...namesIn(body))
      sizes.push(body.items.length)
      path = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1]
    }
    expect(sizes).toEqual([60, 60, 30])
    expect(new Set(names).size).toBe(150)
    expect((await list({ displayName: 'ida' })).body.items).toHaveLength(100)
  })

  it.each([{ max: '0' }, { max: '1001' }, { max: 'all' }, { max: '101', callingData: 'true' }, { cursor: 'eA' }])(
    'refuses %o',
    async (wrong) => {
      expect((await list({ displayName: 'ida', ...wrong })).status).toBe(400)
    },
  )
})
