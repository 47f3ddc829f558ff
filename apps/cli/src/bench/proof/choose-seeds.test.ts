import { expect, test } from 'vitest'
import { type ScriptedTask, chooseSeeds, faultsAt } from './choose-seeds.ts'

const HOUR = 60 * 60_000
const GIVEN = { seed: 1, afterMs: 3 * HOUR }
const tasks: ScriptedTask[] = Array.from({ length: 2_000 }, (_, at) => ({
  taskId: `task-${at}`,
  createdTime: at * 60_000,
  endedTime: at % 10 === 0 ? null : at * 60_000 + HOUR,
}))

test('the same seed tampers with the same tasks, another one with others', () => {
  expect(chooseSeeds(tasks, GIVEN)).toEqual(chooseSeeds(tasks, GIVEN))
  expect(chooseSeeds(tasks, { ...GIVEN, seed: 2 })).not.toEqual(chooseSeeds(tasks, GIVEN))
})

test('every loss is longer than the first look and no longer than 60 hours; only ended tasks are edited', () => {
  const seeds = chooseSeeds(tasks, GIVEN)
  const lateness = seeds.filter(({ kind }) => kind === 'dropped' || kind === 'late')
  const delays = lateness.map(({ atMs, createdTime }) => atMs - createdTime)
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(GIVEN.afterMs)
  expect(Math.max(...delays)).toBeLessThanOrEqual(60 * HOUR)
  const open = new Set(tasks.filter(({ endedTime }) => endedTime === null).map(({ taskId }) => taskId))
  const edited = seeds.filter(({ kind }) => kind !== 'dropped' && kind !== 'late')
  expect(edited.filter(({ taskId }) => open.has(taskId))).toEqual([])
  expect(new Set(seeds.map(({ kind }) => kind)).size).toBe(5)
  const durations = edited.flatMap(({ durationMs }) => durationMs ?? [])
  expect(new Set(durations).size).toBe(durations.length)
})

test('what is dropped comes back at its moment', () => {
  const [dropped] = chooseSeeds(tasks, GIVEN).filter(({ kind }) => kind === 'dropped')
  const hidden = (nowMs: number) => JSON.stringify(faultsAt([dropped!], nowMs, 1)).includes(dropped!.taskId)
  expect([hidden(dropped!.atMs - 1), hidden(dropped!.atMs)]).toEqual([true, false])
})
