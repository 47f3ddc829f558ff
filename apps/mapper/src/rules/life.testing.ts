import type { CarRecord, CsrRecord } from './records.ts'
import { layoutSteps } from '@wxcc/samples/layout-steps'
import { readLife } from '@wxcc/samples/read-life'
import { segmentTask, type SegmentedTask, type SegmentInput } from './segment-task.ts'
import type { EngagementFacts, EngagementType } from './segment/facts.ts'

export const TASK_ID = '11111111-2222-4333-8444-555555555555'
/** 2023-09-05T08:00:00Z. */
export const START_MS = 1_693_900_800_000

function layOut(text: string): { csr: CsrRecord; cars: CarRecord[] } {
  const { cars, endMs } = layoutSteps(readLife(text), { taskId: TASK_ID, startMs: START_MS })
  return { csr: csrOf({ endedTime: endMs }), cars }
}

export function csrOf(fields: Partial<CsrRecord> = {}): CsrRecord {
  return {
    id: TASK_ID,
    channelType: 'telephony',
    direction: 'inbound',
    isActive: false,
    createdTime: START_MS,
    endedTime: START_MS + 600_000,
    terminatingEnd: 'Customer',
    ...fields,
  }
}

/** A CAR by hand, at offsets from the start of the task; an end of null runs on. */
export function car(
  eventName: string,
  fromMs: number,
  toMs: number | null,
  fields: Partial<CarRecord> = {},
): CarRecord {
  return {
    id: `${TASK_ID}-${START_MS + fromMs}-${eventName}`,
    eventName,
    createdTime: START_MS + fromMs,
    endedTime: toMs === null ? -1 : START_MS + toMs,
    duration: toMs === null ? -1 : toMs - fromMs,
    ...fields,
  }
}

export function inputOf(fields: Partial<SegmentInput> & { cars: readonly CarRecord[] }): SegmentInput {
  return {
    csr: csrOf(),
    carsComplete: true,
    source: { dataSourceKey: 'lab', ronaTimeoutMs: 18_000, serviceLevelMs: 20_000, shortAbandonMs: 5_000 },
    notResponding: [],
    sessionCovers: () => false,
    ...fields,
  }
}

/** Segments a life laid out by `layoutSteps`; `csr` fields on top. */
export function segmentLife(
  text: string,
  csr: Partial<CsrRecord> = {},
  fields: Partial<SegmentInput> = {},
): SegmentedTask {
  const laid = layOut(text)
  return segmentTask(inputOf({ ...fields, cars: laid.cars, csr: { ...laid.csr, ...csr } }))
}

export function rowsOf(task: SegmentedTask, type: EngagementType): EngagementFacts[] {
  return task.engagements.filter((row) => row.engagement_type === type)
}

/** How many rows of each type. */
export function countTypes(task: SegmentedTask): Partial<Record<EngagementType, number>> {
  const counts: Partial<Record<EngagementType, number>> = {}
  for (const row of task.engagements) counts[row.engagement_type] = (counts[row.engagement_type] ?? 0) + 1
  return counts
}

/** Segments CARs laid out by hand. */
export function segment(
  cars: readonly CarRecord[],
  csr: Partial<CsrRecord> = {},
  fields: Partial<SegmentInput> = {},
): SegmentedTask {
  return segmentTask(inputOf({ ...fields, cars, csr: csrOf(csr) }))
}

export const A = { agentId: 'A', queueId: 'q1' }
export const B = { agentId: 'B' }
export const q1 = { queueId: 'q1' }
export const q2 = { queueId: 'q2' }
export const flow = { activityName: 'Welcome' }

/** An answered call up to the agent: Menu 10, Queue 10, then A from 20 on. */
export const ANSWERED: readonly CarRecord[] = [
  car('new', 0, 10),
  car('flow-activity', 2, 2, flow),
  car('connect', 10, 20, A),
  car('connected', 20, 60, A),
]
