import { recordsIn, textOf } from '../json.ts'
import type { RecordOf } from '../world.ts'
import { rowsOfSlot } from './agent-rows.ts'
import type { AgentRow } from './agent-rows.ts'
import { eachInterval, intervalOf } from './statistics-window.ts'
import type { StatisticsWindow } from './statistics-window.ts'

const ENGAGED = new Set([
  'connected',
  'hold-done',
  'consult',
  'consulting',
  'consult-done',
  'connected-consulting',
  'ConnectedConsultReserved',
  'conferencing',
  'conference-done',
  'ctq',
  'ctq-accepted',
])
const UNAVAILABLE = new Set(['idle', 'not-responding'])
const TRANSFERRED = new Set(['transferred', 'vt-transfer', 'BlindTransfer', 'ConsultTransfer'])

interface ChannelTotals {
  readonly channelType: string
  totalAssignedTasks: number
  totalOfferedTasks: number
  totalAcceptedTasks: number
  totalRejectedTasks: number
  totalTransferredTasks: number
  totalEngagedDuration: number
  totalHoldDuration: number
  totalWrapUpDuration: number
  totalAvailableTime: number
  totalUnAvailableTime: number
  handledTasks: number
  handledDuration: number
}

type DurationName = Extract<keyof ChannelTotals, `total${string}Duration` | `total${string}Time`>

function durationName(state: string): DurationName | undefined {
  if (state === 'available') return 'totalAvailableTime'
  if (state === 'on-hold') return 'totalHoldDuration'
  if (state === 'wrapup') return 'totalWrapUpDuration'
  if (ENGAGED.has(state)) return 'totalEngagedDuration'
  return UNAVAILABLE.has(state) ? 'totalUnAvailableTime' : undefined
}

/**
 * Rows of `GET /v1/agents/statistics` (webex-cc-api §5.2): one per interval, agent and team. Counters fall where the step starts, averages where the
 * task ends for the agent. Inferred: durations are cut at the intervals' borders; available and unavailable time is one slot's, since all slots of a
 * channel tell it alike; offered = ringing, accepted = connected, rejected = not responding, assigned = offered or connected without an offer.
 */
export function agentStatistics(sessions: readonly RecordOf[], window: StatisticsWindow, asOfMs: number): object[] {
  const rows = new Map<string, { readonly head: object; readonly channels: Map<string, ChannelTotals> }>()
  for (const session of sessions) {
    const totalsAt = (intervalStartTime: number, channelType: string): ChannelTotals => {
      const key = `${intervalStartTime} ${textOf(session['agentId'])} ${textOf(session['teamId'])}`
      const { agentId = null, agentName = null, teamId = null, teamName = null } = session
      const row = rows.get(key) ?? {
        head: { intervalStartTime, agentId, agentName, teamId, teamName },
        channels: new Map<string, ChannelTotals>(),
      }
      rows.set(key, row)
      const totals = row.channels.get(channelType) ?? emptyTotals(channelType)
      row.channels.set(channelType, totals)
      return totals
    }
    const seen = new Set<string>()
    for (const channel of recordsIn(session['channelInfo'])) {
      const slot = rowsOfSlot(session, channel)
      const isFirstSlot = !seen.has(textOf(channel['channelType']))
      seen.add(textOf(channel['channelType']))
      addSlot(slot, { window, asOfMs, isFirstSlot, totalsAt })
    }
  }
  return [...rows]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { head, channels }]) => ({ ...head, channels: [...channels.values()].map(toAnswer) }))
}

interface SlotContext {
  readonly window: StatisticsWindow
  readonly asOfMs: number
  readonly isFirstSlot: boolean
  readonly totalsAt: (intervalStartTime: number, channelType: string) => ChannelTotals
}

function addSlot(slot: readonly AgentRow[], context: SlotContext): void {
  for (const [at, row] of slot.entries()) {
    addDuration(row, context)
    count(row, slot[at - 1], context)
  }
  for (const task of tasksOfSlot(slot)) {
    const intervalStart = intervalOf(context.window, task.endMs)
    if (intervalStart === undefined) continue
    const totals = context.totalsAt(intervalStart, task.channelType)
    totals.handledTasks++
    totals.handledDuration += task.handledMs
  }
}

function addDuration({ state, startMs, endMs, channelType }: AgentRow, context: SlotContext): void {
  const name = durationName(state)
  const isShared = name === 'totalAvailableTime' || name === 'totalUnAvailableTime'
  if (name === undefined || (isShared && !context.isFirstSlot)) return
  eachInterval(context.window, { fromMs: startMs, toMs: endMs ?? context.asOfMs }, (start, durationMs) => {
    context.totalsAt(start, channelType)[name] += durationMs
  })
}

function count({ state, startMs, channelType }: AgentRow, before: AgentRow | undefined, context: SlotContext): void {
  const intervalStart = intervalOf(context.window, startMs)
  if (intervalStart === undefined) return
  const totals = () => context.totalsAt(intervalStart, channelType)
  if (state === 'ringing') {
    totals().totalOfferedTasks++
    totals().totalAssignedTasks++
  } else if (state === 'connected') {
    totals().totalAcceptedTasks++
    if (before?.state !== 'ringing') totals().totalAssignedTasks++
  } else if (state === 'not-responding') totals().totalRejectedTasks++
  else if (TRANSFERRED.has(state)) totals().totalTransferredTasks++
}

interface HandledTask {
  readonly channelType: string
  readonly endMs: number
  readonly handledMs: number
}

/** Tasks the agent talked to and is done with: from the first row of a task to its last. */
function tasksOfSlot(slot: readonly AgentRow[]): readonly HandledTask[] {
  const byTask = Map.groupBy(
    slot.filter(({ activity }) => textOf(activity['taskId']) !== ''),
    ({ activity }) => textOf(activity['taskId']),
  )
  return [...byTask.values()].flatMap((rows) => {
    const [first] = rows
    const ends = rows.map(({ endMs }) => endMs)
    if (first === undefined || !rows.some(({ state }) => state === 'connected')) return []
    const known = ends.filter((endMs) => endMs !== undefined)
    if (known.length < ends.length) return []
    const handledMs = rows.reduce((sum, { state, startMs, endMs }) => {
      const name = durationName(state)
      return name === undefined || name.endsWith('Time') ? sum : sum + (endMs ?? startMs) - startMs
    }, 0)
    return [{ channelType: first.channelType, endMs: Math.max(...known), handledMs }]
  })
}

function emptyTotals(channelType: string): ChannelTotals {
  return {
    channelType,
    totalAssignedTasks: 0,
    totalOfferedTasks: 0,
    totalAcceptedTasks: 0,
    totalRejectedTasks: 0,
    totalTransferredTasks: 0,
    totalEngagedDuration: 0,
    totalHoldDuration: 0,
    totalWrapUpDuration: 0,
    totalAvailableTime: 0,
    totalUnAvailableTime: 0,
    handledTasks: 0,
    handledDuration: 0,
  }
}

function toAnswer({ handledTasks, handledDuration, ...totals }: ChannelTotals): object {
  return { ...totals, averageHandledTime: handledTasks === 0 ? 0 : Math.round(handledDuration / handledTasks) }
}
