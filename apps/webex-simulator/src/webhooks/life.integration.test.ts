import { afterAll, beforeAll, expect, it } from 'vitest'
import { startGenerated } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'
import { startReceiver } from './webhooks.testing.ts'
import type { Receiver } from './webhooks.testing.ts'

const NOW = Date.parse('2026-11-02T14:00:00Z')
const HOUR = 3_600_000

let simulator: StartedSimulator
let receiver: Receiver
beforeAll(async () => {
  receiver = await startReceiver()
  simulator = await startGenerated({
    SIM_CLOCK_START: new Date(NOW).toISOString(),
    SIM_TASKS_PER_DAY: '400',
    SIM_AGENTS: '12',
    SIM_SCOPES: 'cjp:config_read cjp:config_write spark:people_read',
  })
})
afterAll(async () => {
  await simulator.stop()
  await receiver.stop()
})

const subscribe = async (version: string, eventTypes: readonly string[], resourceVersion?: string) => {
  const { status } = await simulator.api(`/${version}/subscriptions`, {
    name: 'Life',
    eventTypes,
    destinationUrl: `${receiver.url}/${version}`,
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  })
  expect(status).toBe(201)
}

it('tells a generated centre’s hour as it happened', async () => {
  await subscribe('v2', ['task:new', 'task:ended'], 'task:1.0.0')
  await subscribe('v2', ['capture:available'], 'capture:1.0.0')
  await subscribe('v1', ['agent:state_change'])
  const arrived = async () =>
    (await simulator.control(`/truth/tasks?from=${NOW + 1}&to=${NOW + HOUR + 1}`)).body.map(
      ({ taskId }: { taskId: string }) => taskId,
    )
  simulator.clock.advance(HOUR)
  const expected: readonly string[] = await arrived()
  await receiver.until(expected.length)
  for (let isTold = false; !isTold;) {
    const { body } = await simulator.control('/webhooks?latest=0')
    isTold = body.subscriptions.every(
      ({ progress }: { progress: { toldUntilMs: number; waiting: number } }) =>
        progress.toldUntilMs === NOW + HOUR && progress.waiting === 0,
    )
  }

  const told = (type: string) => receiver.received.filter(({ json }) => json.type === type)
  expect(told('task:new').map(({ json }) => json.data.taskId)).toEqual(expected)
  const ends = await simulator.control(`/truth/tasks?from=0&to=${NOW + HOUR}`)
  const ended = ends.body.filter(({ endedTime }: { endedTime: number }) => endedTime > NOW && endedTime <= NOW + HOUR)
  const endedIds = new Set(told('task:ended').map(({ json }) => json.data.taskId))
  for (const { taskId } of ended) expect(endedIds).toContain(taskId)
  expect(told('agent:state_change').length).toBeGreaterThan(50)
  const [capture] = told('capture:available')
  expect(capture!.json.data).not.toHaveProperty('captureIndex')
  const audio = await fetch(capture!.json.data.filePath)
  expect([audio.status, audio.headers.get('content-type')]).toEqual([200, 'audio/wav'])
})
