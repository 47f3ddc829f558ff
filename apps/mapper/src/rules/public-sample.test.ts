// oxlint-disable vitest/no-conditional-tests -- the sample may be absent, and then a test says so
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { breachesOf } from './breaches.testing.ts'
import { csrOf, inputOf, START_MS } from './life.testing.ts'
import { layoutSteps } from '@wxcc/samples/layout-steps'
import type { CarRecord } from './records.ts'
import { segmentTask, type SegmentedTask } from './segment-task.ts'

/** Cisco's public sample of 77 tasks (names and durations only). It is not ours to copy, so it is read where it lies. */
const FILE = 'task-raw--simple-query-for-carfields.response.json'
const folder = process.env['WEBEX_FIXTURES']

interface SampleTask {
  id: string
  activities: { totalCount: number; nodes: { eventName: string; duration: number }[] }
}

if (folder === undefined || folder === '') {
  console.warn(`NOT SEEN: the public sample of 77 tasks. WEBEX_FIXTURES does not name the folder of ${FILE}.`)
  it(`NOT SEEN: the public sample, since WEBEX_FIXTURES does not name the folder of ${FILE}`, () => {
    expect(process.env['REQUIRE_SAMPLES'], 'the samples were promised').not.toBe('1')
  })
} else {
  describe(`the public sample in WEBEX_FIXTURES, ${FILE}`, () => {
    const tasks = readSample(join(folder, FILE))
    const segmented = tasks.map((task) => segmentSample(task))

    it('has 77 tasks, four of them cut off at 25 steps', () => {
      expect(tasks).toHaveLength(77)
      expect(segmented.filter((task) => !task.conversation.is_car_complete)).toHaveLength(4)
    })

    it('gives rows that the table would take', () => {
      for (const task of segmented) expect(breachesOf(task)).toEqual([])
    })

    it('knows every event', () => {
      expect(segmented.flatMap((task) => task.unknownEvents)).toEqual([])
    })

    it('has an Agent row and a Queue row for each handled task that is whole', () => {
      const handled = segmented.filter(({ conversation }) => conversation.is_handled && conversation.is_car_complete)
      expect(handled).toHaveLength(42)
      for (const task of handled) {
        const types = task.engagements.map((row) => row.engagement_type)
        expect(types).toContain('Agent')
        expect(types).toContain('Queue')
      }
    })

    it('loses no wrap-up: rows and conversations together hold every recorded millisecond', () => {
      const delivered = tasks.flatMap((task) => task.activities.nodes).filter((node) => node.eventName === 'WrapUp')
      const inRows = segmented.flatMap((task) => task.engagements).map((row) => row.wrap_up_time_ms ?? 0)
      const orphans = segmented
        .filter((task) => task.conversation.quality_flags.includes('orphan_wrap_up'))
        .map((task) => task.conversation.wrap_up_time_ms ?? 0)
      expect(sum([...inRows, ...orphans])).toBe(sum(delivered.map((node) => node.duration)))
    })

    it('gives the same rows whatever the order of delivery', () => {
      for (const task of tasks) expect(segmentSample(task, (cars) => cars.toReversed())).toEqual(segmentSample(task))
    })
  })
}

function readSample(path: string): SampleTask[] {
  if (!existsSync(path)) throw new Error(`WEBEX_FIXTURES has no ${FILE}`)
  return JSON.parse(readFileSync(path, 'utf8')).data.taskDetails.tasks
}

function segmentSample(task: SampleTask, arrange: (cars: CarRecord[]) => CarRecord[] = (cars) => cars): SegmentedTask {
  const { nodes, totalCount } = task.activities
  const { cars, endMs } = layoutSteps(nodes.toReversed(), { taskId: task.id, startMs: START_MS })
  return segmentTask(
    inputOf({
      cars: arrange(cars),
      carsComplete: nodes.length === totalCount,
      csr: csrOf({ id: task.id, endedTime: endMs }),
    }),
  )
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
