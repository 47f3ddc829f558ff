import type { History } from '@wxcc/db/history'
import { STREAMS } from '@wxcc/contracts/ledger'
import { table } from '../table.ts'

/** Planned, running, paused, cancelled or done: the last two need no more requests. */
export function stateOf(history: History): string {
  if (history.state !== 'running') return history.state
  if (history.windows > 0 && history.windowsProved === history.windows) return 'done'
  return history.isPaused ? 'paused' : 'running'
}

export interface Progress {
  /** By counted records; 0–1. */
  readonly part: number
  readonly recordsTotal: number
  readonly requestsLeft: number
  /** Null while it does not run. */
  readonly finishedAt: Date | null
}

/** `perMinute`: requests left over for history. */
export function progressOf(history: History, perMinute: number, nowMs: number): Progress {
  const recordsTotal = STREAMS.reduce((sum, stream) => sum + (history.records[stream] ?? 0), 0)
  const state = stateOf(history)
  const part = state === 'done' ? 1 : recordsTotal === 0 ? 0 : Math.min(1, history.recordsProved / recordsTotal)
  const requestsLeft = state === 'done' ? 0 : Math.max(0, Math.round(history.requests * (1 - part)))
  const isRunning = state === 'running' && perMinute > 0
  return {
    part,
    recordsTotal,
    requestsLeft,
    finishedAt: isRunning ? new Date(nowMs + (requestsLeft / perMinute) * 60_000) : null,
  }
}

const BAR = 20

export function describeHistories(
  histories: readonly History[],
  perMinuteOf: (source: string) => number,
  nowMs: number,
): string {
  if (histories.length === 0) return 'No history was planned: wxcc plan history --help'
  const day = (at: Date) => at.toISOString().slice(0, 10)
  return table(
    ['Source', 'From', 'Until', 'State', 'Progress', 'Records', 'Requests', 'Done by (UTC)'],
    histories.map((history) => {
      const { part, recordsTotal, finishedAt } = progressOf(history, perMinuteOf(history.source), nowMs)
      const bar = '█'.repeat(Math.round(part * BAR)).padEnd(BAR, '░')
      return [
        history.source,
        day(history.from),
        day(history.until),
        stateOf(history),
        `${bar} ${Math.floor(part * 100)} %`,
        `${history.recordsProved}/${recordsTotal}`,
        `${history.requestsSent}/${history.requests}`,
        finishedAt === null ? '' : finishedAt.toISOString().slice(0, 16).replace('T', ' '),
      ]
    }),
  )
}
