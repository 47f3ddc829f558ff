import { STREAMS } from '@wxcc/contracts/ledger'
import type { BudgetStatus } from './budget-status.ts'
import type { History } from './history.ts'

/** Planned, running, paused, cancelled or done: the last two need no more requests. */
export type HistoryStanding = History['state'] | 'paused' | 'done'

export function standingOf(
  history: Pick<History, 'state' | 'isPaused' | 'windows' | 'windowsProved'>,
): HistoryStanding {
  if (history.state !== 'running') return history.state
  if (history.windows > 0 && history.windowsProved === history.windows) return 'done'
  return history.isPaused ? 'paused' : 'running'
}

export interface HistoryProgress {
  readonly standing: HistoryStanding
  /** By counted records; 0–1. */
  readonly part: number
  readonly recordsTotal: number
  readonly requestsLeft: number
  /** Null while it does not run. */
  readonly finishedAt: Date | null
}

/** How far a history has come, and when it will be done at so many requests per minute. */
export function progressOf(history: History, perMinute: number, nowMs: number): HistoryProgress {
  const standing = standingOf(history)
  const recordsTotal = STREAMS.reduce((sum, stream) => sum + (history.records[stream] ?? 0), 0)
  const part = standing === 'done' ? 1 : recordsTotal === 0 ? 0 : Math.min(1, history.recordsProved / recordsTotal)
  const requestsLeft = standing === 'done' ? 0 : Math.max(0, Math.round(history.requests * (1 - part)))
  const isRunning = standing === 'running' && perMinute > 0
  return {
    standing,
    part,
    recordsTotal,
    requestsLeft,
    finishedAt: isRunning ? new Date(nowMs + (requestsLeft / perMinute) * 60_000) : null,
  }
}

/** Requests per minute for one source's history: what live work leaves of the budget, shared among the histories that run on the same client id. */
export function historyPace(source: string, histories: readonly History[], budgets: readonly BudgetStatus[]): number {
  const budget = budgets.find(({ sources }) => sources.includes(source))
  if (budget === undefined) return 0
  const running = histories.filter((one) => budget.sources.includes(one.source) && standingOf(one) === 'running')
  return budget.drainPerMinute / Math.max(1, new Set(running.map((one) => one.source)).size)
}
