import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSimulator } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'
import { lines, QUARTER, START, task } from '../testing/tiny-dataset.ts'

let simulator: StartedSimulator
beforeAll(async () => {
  const tasks = Array.from({ length: 40 }, (_, index) =>
    task({ id: `task-${index}`, createdTime: START + index * 60_000 }),
  )
  simulator = await startSimulator({ 'tasks.jsonl': lines(tasks) })
})
afterAll(() => simulator.stop())
beforeEach(() => simulator.control('/faults', undefined, 'DELETE'))

const range = `from: ${START}, to: ${START + 4 * QUARTER}`
const list = `{ taskDetails(${range}) { tasks { id } } }`
const count = `{ taskDetails(${range} aggregations: [{ field: "id", type: count, name: "n" }]) { tasks { aggregation { value } } } }`
const listed = async () => (await simulator.search(list)).body.data.taskDetails.tasks.length
const counted = async () => (await simulator.search(count)).body.data.taskDetails.tasks[0].aggregation[0].value
const inject = (fault: object, match: object = {}, times = 1) => simulator.control('/faults', [{ match, times, fault }])

describe('faults', () => {
  it('answer a status as often as told', async () => {
    await inject({ kind: 'status', status: 503 }, { path: '/search' }, 2)
    const statuses = []
    for (let repeat = 0; repeat < 3; repeat++) statuses.push((await simulator.search(list)).status)
    expect(statuses).toEqual([503, 503, 200])
    expect((await simulator.control('/faults')).body.faults).toMatchObject([{ hits: 2, times: 2 }])
  })

  it('answer 429 as the vendor does', async () => {
    await inject({ kind: 'status', status: 429, retryAfterSeconds: 7 })
    const { status, headers, body } = await simulator.search(list)
    expect([status, headers.get('retry-after'), body]).toEqual([429, '7', ''])
  })

  it('match by root and by task', async () => {
    await inject({ kind: 'status', status: 500 }, { root: 'agentSession' })
    await inject({ kind: 'status', status: 500 }, { taskId: 'task-7' })
    expect((await simulator.search(list)).status).toBe(200)
    expect(
      (await simulator.search(`{ taskDetails(${range} filter: { id: { equals: "task-7" } }) { tasks { id } } }`))
        .status,
    ).toBe(500)
    expect((await simulator.search(`{ agentSession(${range}) { agentSessions { agentId } } }`)).status).toBe(500)
  })

  it('answer 200 with errors', async () => {
    await inject({ kind: 'graphqlErrors' })
    expect(await simulator.search(list)).toMatchObject({ status: 200, body: { data: null, errors: [{}] } })
  })

  it('break JSON off, or the connection', async () => {
    await inject({ kind: 'malformedJson' })
    await expect(simulator.search(list)).rejects.toThrow(SyntaxError)
    await inject({ kind: 'cutBody' })
    await expect(simulator.search(list)).rejects.toThrow('terminated')
    expect((await simulator.search(list)).status).toBe(200)
  })

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

  it('are refused when they make no sense', async () => {
    expect((await inject({ kind: 'status', status: 42 })).status).toBe(400)
    expect((await inject({ kind: 'gremlins' })).status).toBe(400)
  })
})
