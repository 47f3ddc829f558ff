import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSimulator } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'
import { lines, QUARTER, START, task } from '../testing/tiny-dataset.ts'

const AUDIO = 'audio '.repeat(100)
let simulator: StartedSimulator
beforeAll(async () => {
  const tasks = Array.from({ length: 40 }, (_, index) =>
    task({ id: `task-${index}`, createdTime: START + index * 60_000 }),
  )
  const recording = [{ id: 'r1', segment: false, attributes: { fileName: 'call.wav', filePath: 'call.wav' } }]
  simulator = await startSimulator({
    'tasks.jsonl': lines(tasks),
    'captures.jsonl': lines([{ taskId: 'task-0', recording }]),
    'call.wav': AUDIO,
  })
})
afterAll(() => simulator.stop())
beforeEach(() => simulator.control('/faults', undefined, 'DELETE'))

const range = `from: ${START}, to: ${START + 4 * QUARTER}`
const list = `{ taskDetails(${range}) { tasks { id } } }`
const count = `{ taskDetails(${range} aggregations: [{ field: "id", type: count, name: "n" }]) { tasks { aggregation { value } } } }`
const ids = async (): Promise<string[]> =>
  (await simulator.search(list)).body.data.taskDetails.tasks.map(({ id }: { id: string }) => id)
const listed = async () => (await ids()).length
const counted = async () => (await simulator.search(count)).body.data.taskDetails.tasks[0].aggregation[0].value
const inject = (fault: object, match: object = {}, times: number | null = 1, more: object = {}) =>
  simulator.control('/faults', [{ match, ...(times === null ? {} : { times }), fault, ...more }])
const injected = async () => (await simulator.control('/faults')).body.faults
const statuses = async (asked: number) => {
  const found = []
  for (let repeat = 0; repeat < asked; repeat++) found.push((await simulator.search(list)).status)
  return found
}

describe('faults', () => {
  it('answer a status as often as told, and say what they hit', async () => {
    await inject({ kind: 'status', status: 503 }, { path: '/search' }, 2)
    expect(await statuses(3)).toEqual([503, 503, 200])
    const served = { atMs: simulator.clock.nowMs(), path: '/search' }
    expect(await injected()).toMatchObject([{ hits: 2, times: 2, served: [served, served] }])
  })

  it('answer 429 as the vendor does', async () => {
    await inject({ kind: 'status', status: 429, retryAfterSeconds: 7 })
    const { status, headers, body } = await simulator.search(list)
    expect([status, headers.get('retry-after'), body]).toEqual([429, '7', ''])
  })

  it('answer 200 with errors', async () => {
    await inject({ kind: 'graphqlErrors' })
    expect(await simulator.search(list)).toMatchObject({ status: 200, body: { data: null, errors: [{}] } })
  })

  it('hide records from lists and counts until their moment', async () => {
    const late = (showsAtMs: number) => inject({ kind: 'lateRecords', showsAtMs: { 'task-1': showsAtMs } }, {}, null)
    await late(simulator.clock.nowMs() + 1)
    expect([await listed(), await counted()]).toEqual([39, 39])
    await simulator.control('/faults', undefined, 'DELETE')
    await late(simulator.clock.nowMs())
    expect([await listed(), await counted()]).toEqual([40, 40])
  })

  it('change records in lists and sums from their moment on', async () => {
    const sum = `{ taskDetails(${range} aggregations: [{ field: "totalDuration", type: sum, name: "n" }]) { tasks { aggregation { value } } } }`
    const one = `{ taskDetails(${range} filter: { id: { equals: "task-2" } }) { tasks { totalDuration } } }`
    const ask = async (query: string) => (await simulator.search(query)).body.data.taskDetails.tasks[0]
    const edit = (atMs: number) =>
      inject({ kind: 'editRecords', edits: [{ id: 'task-2', atMs, set: { totalDuration: 7_777 } }] }, {}, null)
    const [before, told] = [(await ask(one)).totalDuration ?? 0, (await ask(sum)).aggregation[0].value]
    await edit(simulator.clock.nowMs() + 1)
    expect([(await ask(one)).totalDuration ?? 0, (await ask(sum)).aggregation[0].value]).toEqual([before, told])
    await simulator.control('/faults', undefined, 'DELETE')
    await edit(simulator.clock.nowMs())
    expect((await ask(one)).totalDuration).toBe(7_777)
    expect((await ask(sum)).aggregation[0].value).toBe(told - before + 7_777)
  })

  it('hold an answer back', async () => {
    await inject({ kind: 'delay', delayMs: 40, upToMs: 60 })
    const before = performance.now()
    expect((await simulator.search(list)).status).toBe(200)
    expect(performance.now() - before).toBeGreaterThan(39)
  })

  it('are refused when they make no sense', async () => {
    expect((await inject({ kind: 'status', status: 42 })).status).toBe(400)
    expect((await inject({ kind: 'gremlins' })).status).toBe(400)
    expect((await inject({ kind: 'reset' }, {}, 1, { probability: 2 })).status).toBe(400)
  })
})

describe('matching', () => {
  const fault = { kind: 'status', status: 500 }

  it('goes by root and by task', async () => {
    await inject(fault, { root: 'agentSession' })
    await inject(fault, { taskId: 'task-7' })
    expect((await simulator.search(list)).status).toBe(200)
    expect(
      (await simulator.search(`{ taskDetails(${range} filter: { id: { equals: "task-7" } }) { tasks { id } } }`))
        .status,
    ).toBe(500)
    expect((await simulator.search(`{ agentSession(${range}) { agentSessions { agentId } } }`)).status).toBe(500)
  })

  it('goes by organization and client', async () => {
    await inject(fault, { org: '11111111-2222-4333-8444-555555555555' })
    await inject(fault, { client: 'somebody-else' })
    expect(await statuses(1)).toEqual([200])
    await inject(fault, { org: simulator.orgId, client: 'simulated-client' })
    expect(await statuses(2)).toEqual([500, 200])
  })

  it('goes by the simulated clock', async () => {
    const now = simulator.clock.nowMs()
    await inject(fault, { fromMs: now + 1000, toMs: now + 2000 }, null)
    const found = []
    for (const step of [0, 1000, 999, 1]) {
      simulator.clock.advance(step)
      found.push(...(await statuses(1)))
    }
    expect(found).toEqual([200, 500, 500, 200])
    simulator.clock.set(now)
  })

  it('lets some pass first', async () => {
    await inject(fault, {}, 1, { skip: 2 })
    expect(await statuses(4)).toEqual([200, 200, 500, 200])
  })

  it('hits every so many-th', async () => {
    await inject(fault, {}, 2, { skip: 1, every: 3 })
    expect(await statuses(8)).toEqual([200, 500, 200, 200, 500, 200, 200, 200])
  })

  it('is drawn the same way for the same seed', async () => {
    const drawn = async (seed: number) => {
      await simulator.control('/faults', undefined, 'DELETE')
      await inject(fault, {}, null, { probability: 0.5, seed })
      return statuses(20)
    }
    const first = await drawn(1)
    expect(new Set(first)).toEqual(new Set([200, 500]))
    expect(await drawn(1)).toEqual(first)
    expect(await drawn(2)).not.toEqual(first)
  })
})

describe('broken bodies', () => {
  it('break JSON off', async () => {
    await inject({ kind: 'malformedJson' })
    await expect(simulator.search(list)).rejects.toThrow(SyntaxError)
  })

  it('break the connection, halfway or at a byte', async () => {
    await inject({ kind: 'cutBody' })
    await expect(simulator.search(list)).rejects.toThrow('terminated')
    await inject({ kind: 'cutBody', atByte: 0 })
    await expect(simulator.search(list)).rejects.toThrow()
    expect((await simulator.search(list)).status).toBe(200)
  })

  it('reset the connection before anything', async () => {
    await inject({ kind: 'reset' })
    await expect(simulator.search(list)).rejects.toThrow('fetch failed')
    expect((await simulator.search(list)).status).toBe(200)
  })

  it('announce another length than there is', async () => {
    await inject({ kind: 'wrongContentLength', deltaBytes: 10 })
    await expect(simulator.search(list)).rejects.toThrow('terminated')
    await inject({ kind: 'wrongContentLength', deltaBytes: -10 })
    await expect(simulator.search(list)).rejects.toThrow()
    expect((await simulator.search(list)).status).toBe(200)
  })

  it('expire a link while it is read', async () => {
    const query = { orgId: simulator.orgId, taskIds: ['task-0'] }
    const linked = async () =>
      (await simulator.api('/v1/captures/query', { query })).body.data[0].recording[0].attributes.filePath
    const link = await linked()
    await inject({ kind: 'expireMidDownload' })
    await expect(fetch(link).then((response) => response.text())).rejects.toThrow('terminated')
    expect((await fetch(link)).status).toBe(403)
    simulator.clock.advance(1000)
    expect(await (await fetch(await linked())).text()).toBe(AUDIO)
  })
})

describe('faults of what is known', () => {
  it('drop tasks from lists while counts include them, and name them', async () => {
    await simulator.control('/faults', { faults: [{ fault: { kind: 'dropTasks', tasks: 3 } }] })
    expect([await listed(), await counted()]).toEqual([37, 40])
    const { droppedTasks } = (await simulator.control('/faults')).body
    expect(droppedTasks).toEqual(['task-6', 'task-20', 'task-33'])
    await simulator.control('/faults', undefined, 'DELETE')
    expect(await listed()).toBe(40)
  })

  it('count as a stale replica', async () => {
    await inject({ kind: 'staleCount', staleMs: 10 * 60_000 })
    expect([await counted(), await counted(), await listed()]).toEqual([30, 40, 40])
  })

  it('answer as a stale replica', async () => {
    await inject({ kind: 'staleReplica', staleMs: 10 * 60_000 }, {}, 2)
    expect([await listed(), await counted(), await listed()]).toEqual([30, 30, 40])
  })

  it('go by another clock', async () => {
    const now = simulator.clock.nowMs()
    await inject({ kind: 'clockSkew', skewMs: -2 * 3_600_000 }, {}, 2)
    const { headers } = await simulator.search(list)
    expect(headers.get('date')).toBe(new Date(now - 2 * 3_600_000).toUTCString())
    await simulator.control('/faults', undefined, 'DELETE')
    // Three and a half years on, the window lies too far back.
    await inject({ kind: 'clockSkew', skewMs: 42 * 31 * 86_400_000 })
    expect(await statuses(2)).toEqual([400, 200])
  })
})

describe('faults of rows', () => {
  it('leave rows out silently, others each time', async () => {
    await inject({ kind: 'dropRows', share: 0.3 }, {}, 2)
    const [first, second, third] = [await ids(), await ids(), await ids()]
    expect([first.length, second.length].every((length) => length < 40)).toBe(true)
    expect(first).not.toEqual(second)
    expect(third).toHaveLength(40)
    const [{ served }] = await injected()
    expect(new Set([...first, ...served[0].rows])).toEqual(new Set(third))
  })

  it('leave rows out for good', async () => {
    await inject({ kind: 'deleteRows', share: 0.3 }, {}, null)
    const first = await ids()
    expect(first.length).toBeLessThan(40)
    expect(await ids()).toEqual(first)
    await simulator.control('/faults', undefined, 'DELETE')
    await inject({ kind: 'deleteRows', ids: ['task-5'] })
    expect(await ids()).not.toContain('task-5')
  })

  it('show rows twice, or in another order', async () => {
    const all = await ids()
    await inject({ kind: 'doubleRows', share: 0.3 })
    const doubled = await ids()
    expect(doubled.length).toBeGreaterThan(40)
    expect(new Set(doubled)).toEqual(new Set(all))
    await inject({ kind: 'shuffleRows' }, {}, 2)
    const [first, second] = [await ids(), await ids()]
    expect(first).not.toEqual(all)
    expect(first).not.toEqual(second)
    expect(first.toSorted()).toEqual(all.toSorted())
  })

  it('show rows late', async () => {
    const lateMs = 10 * 60_000
    await inject({ kind: 'lateRows', lateMs }, {}, null)
    expect(await listed()).toBe(30)
    simulator.clock.advance(lateMs)
    expect(await listed()).toBe(40)
    simulator.clock.advance(-lateMs)
  })

  it('change values, and invent words and fields', async () => {
    const read = async () =>
      (
        await simulator.search(
          `{ taskDetails(${range}) { tasks { id status channelType activities(first: 100) { nodes { eventName } } } } }`,
        )
      ).body.data.taskDetails.tasks
    await inject({ kind: 'changeRows', set: { channelType: 'email' }, share: 0.5 })
    const channels = (await read()).map((row: { channelType: string }) => row.channelType)
    expect(new Set(channels)).toEqual(new Set(['email', 'telephony']))
    await inject({ kind: 'unknownEnum', field: 'status', value: 'dreaming' })
    expect((await read())[0].status).toBe('dreaming')
    await inject({ kind: 'unknownEnum', field: 'activities.nodes.eventName', value: 'levitating' })
    expect((await read())[0].activities.nodes[0].eventName).toBe('levitating')
    await inject({ kind: 'unknownField', name: 'aura', value: 7 })
    expect((await read()).every((row: { aura?: number }) => row.aura === 7)).toBe(true)
    expect((await read())[0]).not.toHaveProperty('aura')
  })

  it('invent fields in REST lists too', async () => {
    await inject({ kind: 'unknownField' }, { path: '/v1/tasks' })
    const { body } = await simulator.api(`/v1/tasks?from=${START}`)
    expect(body.data[0]).toMatchObject({ id: 'task-0', futureField: 'new' })
  })
})
