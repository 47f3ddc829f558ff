import { recordsIn, textOf } from '../json.ts'
import { restChannel } from '../tasks/rest-task.ts'
import type { RecordOf } from '../world.ts'
import { intervalOf } from './statistics-window.ts'
import type { StatisticsWindow } from './statistics-window.ts'

interface QueueTotals {
  readonly intervalStartTime: number
  readonly queueId: string
  readonly queueName: string
  readonly channelType: string
  totalOfferedTasks: number
  totalEnqueuedTasks: number
  totalAssignedTasks: number
  totalAcceptedTasks: number
  totalRejectedTasks: number
  totalAbandonedTasks: number
  readonly waits: number[]
  readonly handled: number[]
  withinThreshold: number
}

type Counter =
  | 'totalOfferedTasks'
  | 'totalEnqueuedTasks'
  | 'totalAssignedTasks'
  | 'totalAcceptedTasks'
  | 'totalRejectedTasks'
  | 'totalAbandonedTasks'

export interface QueueStatisticsOptions {
  readonly window: StatisticsWindow
  readonly queueIds: ReadonlySet<string> | undefined
  /** Seconds a caller may wait in this queue. */
  readonly thresholdS: (queueId: string) => number
}

const TALKING = new Set([
  'connected',
  'hold-done',
  'on-hold',
  'consulting',
  'consult-done',
  'conferencing',
  'conference-done',
  'WrapUp',
])
const POINTS = new Set(['flow-activity', 'recording-started', 'recording-available', 'paused', 'resumed', 'dequeued'])

/**
 * Rows of `GET /v1/queues/statistics` (webex-cc-api §5.2), one per interval, queue and channel. Counters fall where the step starts, averages where it
 * ends. Inferred: enqueued = waits begun, offered = offers to agents, accepted and assigned = offers answered, rejected = offers that led to no
 * answer though the customer stayed, abandoned = tasks that ended in this queue or while ringing; service level = share of the waits ended that were
 * not longer than the queue's threshold.
 */
export function queueStatistics(tasks: readonly RecordOf[], options: QueueStatisticsOptions): object[] {
  const rows = new Map<string, QueueTotals>()
  for (const task of tasks) addTask(task, options, rows)
  return [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, totals]) => toAnswer(totals))
}

interface Step {
  readonly eventName: string
  readonly queueId: string
  readonly queueName: string
  readonly startMs: number
  readonly endMs: number | undefined
}

function stepsOf(task: RecordOf): readonly Step[] {
  return recordsIn(recordsIn([task['activities']])[0]?.['nodes'])
    .map((node): Step => {
      const end = node['endedTime']
      return {
        eventName: textOf(node['eventName']),
        queueId: textOf(node['queueId']),
        queueName: textOf(node['queueName']),
        startMs: Number(node['createdTime']),
        endMs: typeof end === 'number' && end >= 0 ? end : undefined,
      }
    })
    .filter(({ eventName }) => !POINTS.has(eventName))
}

function addTask(
  task: RecordOf,
  { window, queueIds, thresholdS }: QueueStatisticsOptions,
  rows: Map<string, QueueTotals>,
): void {
  const channelType = restChannel(task['channelType'])
  const totalsAt = (
    atMs: number,
    { queueId, queueName }: Pick<Step, 'queueId' | 'queueName'>,
  ): QueueTotals | undefined => {
    const intervalStartTime = intervalOf(window, atMs)
    if (intervalStartTime === undefined || queueId === '' || queueIds?.has(queueId) === false) return undefined
    const key = `${intervalStartTime} ${queueId} ${channelType}`
    const totals = rows.get(key) ?? emptyTotals(intervalStartTime, queueId, queueName, channelType)
    rows.set(key, totals)
    return totals
  }
  const count = (counter: Counter, atMs: number, place: Step) => {
    const totals = totalsAt(atMs, place)
    if (totals !== undefined) totals[counter]++
  }

  const steps = stepsOf(task)
  for (const [at, step] of steps.entries()) {
    const next = steps[at + 1]?.eventName
    if (step.eventName === 'parked') {
      count('totalEnqueuedTasks', step.startMs, step)
      const totals = step.endMs === undefined ? undefined : totalsAt(step.endMs, step)
      if (totals === undefined || step.endMs === undefined) continue
      totals.waits.push(step.endMs - step.startMs)
      if (step.endMs - step.startMs <= thresholdS(step.queueId) * 1000) totals.withinThreshold++
    } else if (step.eventName === 'connect') {
      count('totalOfferedTasks', step.startMs, step)
      if (next !== undefined && next !== 'connected' && next !== 'ended')
        count('totalRejectedTasks', step.startMs, step)
    } else if (step.eventName === 'connected') {
      count('totalAssignedTasks', step.startMs, step)
      count('totalAcceptedTasks', step.startMs, step)
    }
  }
  const endedMs = Number(task['endedTime'])
  const last = steps.findLast(({ queueId }) => queueId !== '')
  if (last === undefined || !(endedMs >= 0)) return
  if (task['terminationType'] === 'abandoned') return count('totalAbandonedTasks', endedMs, last)
  const handledMs = steps
    .filter(({ eventName }) => TALKING.has(eventName))
    .reduce((sum, { startMs, endMs = startMs }) => sum + endMs - startMs, 0)
  if (handledMs > 0) totalsAt(endedMs, last)?.handled.push(handledMs)
}

function emptyTotals(intervalStartTime: number, queueId: string, queueName: string, channelType: string): QueueTotals {
  return {
    intervalStartTime,
    queueId,
    queueName,
    channelType,
    totalOfferedTasks: 0,
    totalEnqueuedTasks: 0,
    totalAssignedTasks: 0,
    totalAcceptedTasks: 0,
    totalRejectedTasks: 0,
    totalAbandonedTasks: 0,
    waits: [],
    handled: [],
    withinThreshold: 0,
  }
}

/** Two decimals, as in the published example. */
const rounded = (value: number) => Math.round(value * 100) / 100
const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : rounded(values.reduce((sum, value) => sum + value, 0) / values.length)

function toAnswer({ waits, handled, withinThreshold, ...counts }: QueueTotals): object {
  return {
    ...counts,
    averageEnqueuedTime: mean(waits),
    averageHandledTime: mean(handled),
    serviceLevelThresholdPercentage: waits.length === 0 ? 0 : rounded((100 * withinThreshold) / waits.length),
  }
}
