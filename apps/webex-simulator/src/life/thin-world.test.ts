import { expect, test } from 'vitest'
import type { RecordSource } from '../world.ts'
import { createGeneratedWorld } from './generated-world.ts'
import { createThinWorld } from './thin-world.ts'

const UNTIL = Date.parse('2026-11-20T00:00:00Z')
const DAY = 24 * 60 * 60_000
const options = { seed: 3, tasksPerDay: 300, agents: 9, days: 3, historyUntilMs: UNTIL }

const listOf = (source: RecordSource, asOfMs = UNTIL) =>
  [...source.scan({ fromMs: UNTIL - 2 * DAY, toMs: UNTIL }, asOfMs, 'oldest-first')].flat()

test('as many tasks as in the world that lives, by the same ids, at the same times', () => {
  const idsOf = (source: RecordSource) => listOf(source).map(({ id, time }) => `${id} ${time}`)
  const thin = idsOf(createThinWorld(options).tasks)
  expect(thin.length).toBeGreaterThan(400)
  expect(thin).toEqual(idsOf(createGeneratedWorld(options).tasks))
})

test('a record is found by its id, open until its end, closed after it', () => {
  const world = createThinWorld(options)
  for (const source of [world.tasks, world.agentSessions]) {
    const [first] = listOf(source)
    const record = (asOfMs: number) => source.find(first!.id, asOfMs)?.record()
    expect(source.find(first!.id, first!.time - 1)).toBeUndefined()
    expect(record(first!.time)).toMatchObject({ isActive: true })
    expect(record(first!.time + DAY)).toMatchObject({ isActive: false })
  }
})
