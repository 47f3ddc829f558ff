/** The generated world over HTTP: what is served equals what really happened. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGenerated } from './testing/start-simulator.ts'
import type { StartedSimulator } from './testing/start-simulator.ts'
import type { TrueCapture, TrueTask } from './world.ts'

const UNTIL = Date.parse('2026-03-03T00:00:00Z')
const FROM = UNTIL - 86_400_000

let simulator: StartedSimulator
beforeAll(async () => {
  simulator = await startGenerated({
    SIM_CLOCK_START: new Date(UNTIL).toISOString(),
    SIM_TASKS_PER_DAY: '120',
    SIM_AGENTS: '6',
    SIM_SEED: '7',
  })
})
afterAll(() => simulator.stop())

const truth = async (what: string) => (await simulator.control(`/truth/${what}`)).body
const taskDetails = async (rest: string) =>
  (await simulator.search(`{ taskDetails(from: ${FROM}, to: ${UNTIL} ${rest} }`)).body.data.taskDetails.tasks

describe('generated world', () => {
  it('spans the days asked for, up to the clock', async () => {
    const { body } = await simulator.control('/info')
    expect(body).toMatchObject({ seed: 7, history: { fromMs: FROM, toMs: UNTIL } })
    expect(body.counts.tasks).toBeGreaterThan(60)
  })

  it('counts as many tasks in every quarter hour as there were', async () => {
    const rows = await taskDetails(
      ', aggregations: [{ field: "id", type: count, name: "n" }], aggregationInterval: { interval: FIFTEEN_MINUTES }) { tasks { intervalStartTime aggregation { value } } }',
    )
    const windows = (await truth('windows')).filter((window: { stream: string }) => window.stream === 'task')
    expect(windows.length).toBeGreaterThan(20)
    expect(
      rows.map((row: { intervalStartTime: number; aggregation: { value: number }[] }) => [
        row.intervalStartTime,
        row.aggregation[0]?.value,
      ]),
    ).toEqual(windows.map((window: { fromMs: number; count: number }) => [window.fromMs, window.count]))
  })

  it('lists every task with all its activities', async () => {
    const rows = await taskDetails(') { tasks { id createdTime activities { totalCount } } }')
    const served = new Map(
      rows.map((row: { id: string; activities: { totalCount: number } }) => [row.id, row.activities.totalCount]),
    )
    const happened = new Map((await truth('tasks')).map((task: TrueTask) => [task.taskId, task.activityCount]))
    expect(served).toEqual(happened)
  })

  it('serves the very bytes of its captures', async () => {
    const captures: TrueCapture[] = await truth('captures')
    const [first] = captures
    const query = { orgId: simulator.orgId, taskIds: [first?.taskId] }
    const [entry] = (await simulator.api('/v1/captures/query', { query })).body.data
    const links: string[] = [
      ...entry.recording.map((one: { attributes: object }) => one.attributes),
      ...entry.transcription,
    ].map((one) => one.filePath)
    const hashes = await Promise.all(
      links.map(async (link) =>
        createHash('sha256')
          .update(Buffer.from(await (await fetch(link)).arrayBuffer()))
          .digest('hex'),
      ),
    )
    const expected = captures.filter((capture) => capture.taskId === first?.taskId).map((capture) => capture.sha256)
    expect(hashes.toSorted()).toEqual(expected.toSorted())
  })

  it('goes on living with the clock', async () => {
    const before = (await simulator.control('/info')).body.counts.tasks
    await simulator.control('/clock', { advanceMs: 12 * 3_600_000 })
    expect((await simulator.control('/info')).body.counts.tasks).toBeGreaterThan(before)
    await simulator.control('/clock', { nowMs: UNTIL })
    expect((await simulator.control('/info')).body.counts.tasks).toBe(before)
  })
})
