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

let simulator: StartedSimulator
beforeAll(async () => {
  const starts = [0, 1, QUARTER - 1, QUARTER, 5 * QUARTER]
  const queue = { id: 'queue-1', name: 'Support', callDistributionGroups: [{ order: 1 }] }
  simulator = await startSimulator({
    'tasks.jsonl': lines(starts.map((start, index) => task({ id: `t${index}`, createdTime: START + start }))),
    'agent-sessions.jsonl': lines([session('s1', START + 1)]),
    'configuration.json': JSON.stringify({ team: [team(1), team(2), team(3)], 'contact-service-queue': [queue] }),
  })
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
    expect((await simulator.control('/clock', { advanceMs: 1000 })).body).toEqual({ nowMs: nowMs + 1000 })
    expect((await simulator.control('/clock', { nowMs: START + QUARTER - 2 })).body).toEqual({
      nowMs: START + QUARTER - 2,
    })
    expect((await simulator.control('/info')).body.counts.tasks).toBe(2)
    expect((await simulator.control('/clock', { nowMs: 'noon' })).status).toBe(400)
    await simulator.control('/clock', { nowMs })
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
