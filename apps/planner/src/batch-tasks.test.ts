import { describe, expect, test } from 'vitest'
import { batchTasks } from './batch-tasks.ts'

const NOW = 1_000_000
const due = (count: number, dueSinceMs: number) =>
  Array.from({ length: count }, (_, index) => ({ taskId: `t${index}`, dueSinceMs, isFirst: true }))

describe('batchTasks', () => {
  test.each([
    ['none', 0, 0, []],
    ['ten go at once', 10, 0, [10]],
    ['a young rest waits', 25, 9_999, [10, 10]],
    ['an old rest goes', 25, 10_000, [10, 10, 5]],
    ['a young single waits', 1, 0, []],
  ])('%s', (_name, count, ageMs, sizes) => {
    const tasks = due(count, NOW - ageMs)
    const batches = batchTasks(tasks, NOW, 10_000)
    expect(batches.map((batch) => batch.length)).toEqual(sizes)
    expect(batches.flat()).toEqual(tasks.slice(0, batches.flat().length).map((task) => task.taskId))
  })
})
