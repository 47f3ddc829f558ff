import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSimulator } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'
import { lines, QUARTER, session, START, task } from '../testing/tiny-dataset.ts'

const team = (id: number) => ({ id: `team-${id}`, name: `Team ${id}`, userIds: ['u'] })
const window = (stream: string, quarter: number, count: number) => ({
  stream,
  fromMs: START + quarter * QUARTER,
  toMs: START + (quarter + 1) * QUARTER,
  count,
})
const path = () => `/organization/${simulator.orgId}`

const SECRETS = { SIM_CLIENT_SECRET: 'hush-1', SIM_REFRESH_TOKEN: 'hush-2', SIM_AUTHORIZATION_CODE: 'hush-3' }

let simulator: StartedSimulator
beforeAll(async () => {
  const starts = [0, 1, QUARTER - 1, QUARTER, 5 * QUARTER]
  const queue = { id: 'queue-1', name: 'Support', callDistributionGroups: [{ order: 1 }] }
  const files = {
    'tasks.jsonl': lines(starts.map((start, index) => task({ id: `t${index}`, createdTime: START + start }))),
    'agent-sessions.jsonl': lines([session('s1', START + 1)]),
    'configuration.json': JSON.stringify({ team: [team(1), team(2), team(3)], 'contact-service-queue': [queue] }),
  }
  simulator = await startSimulator(files, SECRETS)
})
afterAll(() => simulator.stop())

describe('control plane', () => {
  it('tells what world it serves', async () => {
    const { body } = await simulator.control('/info')
    expect(body).toMatchObject({
      orgId: simulator.orgId,
      seed: null,
      history: { fromMs: START, toMs: START + 6 * QUARTER },
      counts: { tasks: 5, agentSessions: 1, taskLegs: 0 },
    })
  })

  it('counts windows by stream', async () => {
    const all = [window('task', 0, 3), window('task', 1, 1), window('task', 5, 1), window('agent_session', 0, 1)]
    expect((await simulator.control('/truth/windows')).body).toEqual(all)
    expect((await simulator.control(`/truth/windows?from=${START + QUARTER}&to=${START + 2 * QUARTER}`)).body).toEqual([
      all[1],
    ])
  })

  it('has no other truth about a dataset', async () => {
    const { status, body } = await simulator.control('/truth/engagements')
    expect([status, body.error]).toEqual([404, expect.stringContaining('dataset')])
  })

  it('moves the clock, and the world with it', async () => {
    const { nowMs } = (await simulator.control('/clock')).body
    expect((await simulator.control('/clock', { advanceMs: 1000 })).body).toEqual({ nowMs: nowMs + 1000, speed: 0 })
    expect((await simulator.control('/clock', { nowMs: START + QUARTER - 2 })).body).toEqual({
      nowMs: START + QUARTER - 2,
      speed: 0,
    })
    expect((await simulator.control('/info')).body.counts.tasks).toBe(2)
    expect((await simulator.control('/clock', { nowMs: 'noon' })).status).toBe(400)
    await simulator.control('/clock', { nowMs })
  })
})

describe('watching', () => {
  const search = (fields = 'id') =>
    simulator.search(`{ taskDetails(from: ${START}, to: ${START + 6 * QUARTER}) { tasks { ${fields} } } }`)

  it('tells what the process costs, and counts when asked', async () => {
    const { process, counts } = (await simulator.control('/info?counts=true')).body
    expect(Object.values(process).every((figure) => Number(figure) > 0)).toBe(true)
    expect(counts.tasks).toBe(5)
    expect((await simulator.control('/info?counts=false')).body).not.toHaveProperty('counts')
    expect((await simulator.control('/info?counts=some')).body.error).toMatch(/counts/)
  })

  it('outlines organizations, with the settings that differ and no secret', async () => {
    const { body } = await simulator.control('/orgs')
    expect(Object.keys(body.changed)).toEqual(['SIM_DATASET', 'SIM_CLOCK_SPEED'])
    expect(body).toMatchObject({
      persona: 'documented',
      orgs: [{ id: simulator.orgId, region: 'us1', seed: null, tasksInLastDay: 5, users: 0 }],
    })
    expect(JSON.stringify(body)).not.toContain('hush')
  })

  it('logs requests without a word of the query, and counts the rows served', async () => {
    const before = (await simulator.control('/requests')).body
    for (let repeat = 0; repeat < 2; repeat++) await search()
    await simulator.call('/nowhere?token=hidden')
    const { body } = await simulator.control('/requests?last=3')
    expect(body.total - before.total).toBe(2)
    expect(body.byEndpointAndStatus['POST /search 200']).toBe(2)
    expect(body.served).toEqual({ taskDetails: { rows: 10, distinct: 5 } })
    expect(body.clients).toEqual([{ clientId: 'simulated-client', admitted: body.total, refused: 0 }])
    const [unknown, latest] = body.last
    expect(unknown).toMatchObject({ path: '/nowhere', status: 404 })
    expect(latest).toEqual({
      atMs: simulator.clock.nowMs(),
      method: 'POST',
      path: '/search',
      client: 'simulated-client',
      org: simulator.orgId,
      roots: ['taskDetails'],
      status: 200,
      rows: 5,
      bytes: JSON.stringify((await search()).body).length,
      ms: expect.any(Number),
    })
    expect(JSON.stringify(body.last)).not.toMatch(/hidden|tasks \{/)
    expect((await simulator.control('/requests')).body).not.toHaveProperty('last')
  })

  it('has metrics for Prometheus', async () => {
    await search('nonsense')
    const { headers, body } = await simulator.call('/metrics')
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(body).toMatch(/^simulator_requests_total\{method="POST",path="\/search",status="400"\} 1$/m)
    expect(body).toMatch(/^simulator_rows_served_total\{root="taskDetails"\} \d+$/m)
    expect(body).toMatch(/^simulator_rate_limit_refusals_total 0$/m)
    expect(body).toMatch(/^process_resident_memory_bytes \d{7,}$/m)
  })

  it('lists its calls, and says what was wrong with one', async () => {
    const { calls } = (await simulator.control('/')).body
    const readable = Object.keys(calls).filter((call) => call.startsWith('GET ') && !call.includes('{'))
    for (const call of readable) expect((await simulator.call(call.slice(4))).status).toBe(200)
    const wrong: Record<string, [number, RegExp]> = {
      '/info?org=nobody': [404, new RegExp(simulator.orgId)],
      '/truth/windows?from=noon': [400, /from/],
      '/requests?last=many': [400, /last/],
      '/gadgets': [404, /\/_sim\//],
    }
    for (const [path_, [status, message]] of Object.entries(wrong)) {
      const answer = await simulator.control(path_)
      expect([answer.status, answer.body.error]).toEqual([status, expect.stringMatching(message)])
    }
  })

  it('takes one fault out, names the kinds there are, and restores what it dropped', async () => {
    const kept = { fault: { kind: 'status', status: 500 }, match: { path: '/nothing' } }
    const { faults, droppedTasks } = (
      await simulator.control('/faults', [kept, { fault: { kind: 'dropTasks', tasks: 2 } }])
    ).body
    expect([faults.length, droppedTasks.length]).toEqual([2, 2])
    const without = async (id: number) => (await simulator.control(`/faults/${id}`, undefined, 'DELETE')).body
    expect((await without(faults[0].id)).droppedTasks).toEqual(droppedTasks)
    expect(await without(faults[1].id)).toEqual({ faults: [], droppedTasks: [] })
    expect((await simulator.control('/faults/77', undefined, 'DELETE')).status).toBe(404)
    const refused = (await simulator.control('/faults', [{ fault: { kind: 'delay' } }])).body
    expect(refused.issues[0].path).toEqual([0, 'fault', 'delayMs'])
    expect(refused.error).toContain('shuffleRows')
    await simulator.control('/faults', undefined, 'DELETE')
  })

  it('changes the pace of the clock, sets it back, and refuses nonsense', async () => {
    const { nowMs } = (await simulator.control('/clock')).body
    expect((await simulator.control('/clock', { nowMs: nowMs - 5000, speed: 0 })).body.nowMs).toBe(nowMs - 5000)
    await simulator.control('/clock', { nowMs })
    expect((await simulator.control('/clock', { speed: 3 })).body.speed).toBe(3)
    expect((await simulator.control('/clock', { speed: 0 })).body.speed).toBe(0)
    await simulator.control('/clock', { nowMs })
    for (const wrong of [{ speed: -1 }, { advanceMs: -1 }, { nowMs: 1, advanceMs: 1 }, {}])
      expect((await simulator.control('/clock', wrong)).body.error).toMatch(/advanceMs/)
  })
})

describe('configuration', () => {
  it('lists pages from 0 with links', async () => {
    const first = (await simulator.api(`${path()}/v2/team?page=0&pageSize=2`)).body
    expect(first.meta).toMatchObject({ page: 0, pageSize: 2, totalPages: 2, totalRecords: 3 })
    expect(first.data.map(({ id }: { id: string }) => id)).toEqual(['team-1', 'team-2'])
    const second = (await simulator.api(first.meta.links.next)).body
    expect(second.data).toHaveLength(1)
    expect(second.meta.links).toMatchObject({ prev: first.meta.links.self })
    expect(second.meta.links).not.toHaveProperty('next')
  })

  it('leaves lists out of queues in a list, and has them in the item', async () => {
    const { data } = (await simulator.api(`${path()}/v2/contact-service-queue`)).body
    expect(data).toEqual([{ id: 'queue-1', name: 'Support' }])
    expect((await simulator.api(`${path()}/contact-service-queue/queue-1`)).body.callDistributionGroups).toHaveLength(1)
    expect((await simulator.api(`${path()}/v2/team?attributes=id`)).body.data[0]).toEqual({ id: 'team-1' })
  })

  it('knows its organization and who asks, and nothing else', async () => {
    expect((await simulator.api(path())).body.id).toBe(simulator.orgId)
    const me = (await simulator.api('/v1/people/me')).body
    expect(Buffer.from(me.orgId, 'base64url').toString()).toMatch(new RegExp(`/ORGANIZATION/${simulator.orgId}$`))
    for (const missing of ['/v2/gadget', '/team/team-9'])
      expect((await simulator.api(path() + missing)).status).toBe(404)
  })
})
