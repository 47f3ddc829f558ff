import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { callAs } from './oauth/consent.testing.ts'
import { startGenerated } from './testing/start-simulator.ts'
import type { StartedSimulator } from './testing/start-simulator.ts'

const NOW = Date.parse('2026-03-03T12:00:00Z')
const SECOND = '22222222-2222-4222-8222-222222222222'
const size = { tasksPerDay: 20, agents: 3, days: 1 }
const ORGS = [
  { name: 'Harbour', region: 'us1', ...size },
  {
    name: 'Alpine',
    region: 'eu1',
    id: SECOND,
    ...size,
    users: [{ name: 'Uma Berg', role: 'supervisor', email: 'uma@alpine.example' }],
    clients: [{ id: 'simulated-client', refreshToken: 'alpine-refresh' }],
  },
]

let simulator: StartedSimulator
const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0)) await cleanUp()
})

async function start(env: Record<string, string> = {}, orgs: readonly object[] = ORGS) {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-orgs-'))
  const path = join(folder, 'orgs.json')
  cleanups.push(() => rm(folder, { recursive: true }))
  await writeFile(path, JSON.stringify(orgs))
  simulator = await startGenerated({ SIM_CLOCK_START: new Date(NOW).toISOString(), SIM_ORGS: path, ...env })
  cleanups.push(() => simulator.stop())
  return (await simulator.token({ refresh_token: 'alpine-refresh' })).body.access_token as string
}
const query = `{ taskDetails(from: ${NOW - 86_400_000}, to: ${NOW}) { tasks { id } } }`
const idsIn = (body: { data: { taskDetails: { tasks: { id: string }[] } } }) =>
  body.data.taskDetails.tasks.map(({ id }) => id)

describe('several organizations', () => {
  it('have worlds of their own, each behind its region', async () => {
    const second = await start()
    const harbour = idsIn((await simulator.search(query)).body)
    const alpine = idsIn((await callAs(simulator, second, '/regions/eu1/search', { query })).body)
    expect([harbour.length > 5, alpine.length > 5]).toEqual([true, true])
    expect(alpine.filter((id) => harbour.includes(id))).toEqual([])
    const { body } = await callAs(simulator, second, `/regions/eu1/organization/${SECOND}`)
    expect(body).toMatchObject({ id: SECOND, name: 'Alpine' })
    const users = (await callAs(simulator, second, `/regions/eu1/organization/${SECOND}/v2/user`)).body.data
    expect(users.map(({ email }: { email: string }) => email.split('@')[1])).toEqual(users.map(() => 'alpine.example'))
    expect(users).toHaveLength(size.agents)
    expect(second.endsWith(`_SIM1_${SECOND}`)).toBe(true)
  })

  it.each(['403', '401', '404'])('answer %s to a token in a region it is not from', async (status) => {
    const second = await start({ SIM_WRONG_REGION_STATUS: status })
    for (const path of [
      `/organization/${SECOND}`,
      `/regions/us1/organization/${SECOND}`,
      '/regions/jp1/v1/event-types',
    ]) {
      const answer = await callAs(simulator, second, path)
      expect([answer.status, Object.keys(answer.body)]).toEqual([Number(status), ['trackingId', 'error']])
    }
    // People and tokens are global.
    expect((await callAs(simulator, second, '/v1/people/me')).status).toBe(200)
    expect((await callAs(simulator, second, '/regions/mars/search', { query })).status).toBe(404)
  })

  it('do not see each other', async () => {
    const second = await start()
    const foreign = await callAs(simulator, second, `/regions/eu1/organization/${simulator.orgId}/v2/team`)
    expect(foreign.status).toBe(403)
    const search = await callAs(simulator, second, `/regions/eu1/search?orgId=${simulator.orgId}`, { query })
    expect(search.status).toBe(403)
    const uma = await simulator.api('/v1/people?email=uma@alpine.example')
    expect(uma.body.items).toEqual([])
    expect((await callAs(simulator, second, '/v1/people?email=uma@alpine.example')).body.items).toHaveLength(1)
  })

  it('share the minute of a client id', async () => {
    const second = await start({ SIM_RATE_LIMIT_PER_MINUTE: '2' })
    expect((await simulator.search(query)).status).toBe(200)
    expect((await callAs(simulator, second, '/regions/eu1/search', { query })).status).toBe(200)
    expect((await simulator.search(query)).status).toBe(429)
  })

  it.each([
    [
      'a dataset that is not there',
      [{ name: 'A', dataset: 'nowhere' }],
      /^SIM_ORGS: \S+: dataset \S+nowhere: no such folder$/,
    ],
    [
      'two that are the same',
      [
        { ...ORGS[0], seed: 1 },
        { ...ORGS[0], seed: 1 },
      ],
      /^SIM_ORGS: \S+: two organizations/,
    ],
  ])('are refused for %s', async (_name, orgs, complaint) => {
    await expect(start({}, orgs)).rejects.toThrow(complaint)
  })

  it('lose an app one by one', async () => {
    const second = await start()
    expect((await simulator.control('/oauth/revoke', { orgId: SECOND })).body).toEqual({ revoked: 1 })
    expect((await callAs(simulator, second, '/v1/people/me')).status).toBe(401)
    expect((await simulator.search(query)).status).toBe(200)
  })
})
