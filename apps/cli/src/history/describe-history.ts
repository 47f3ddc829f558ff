import type { BudgetStatus } from '@wxcc/db/budget-status'
import type { History } from '@wxcc/db/history'
import { historyPace, progressOf } from '@wxcc/db/history-progress'
import { table } from '../table.ts'

const BAR = 20

export function describeHistories(
  histories: readonly History[],
  budgets: readonly BudgetStatus[],
  nowMs: number,
): string {
  if (histories.length === 0) return 'No history was planned: wxcc plan history --help'
  const day = (at: Date) => at.toISOString().slice(0, 10)
  return table(
    ['Source', 'From', 'Until', 'State', 'Progress', 'Records', 'Requests', 'Done by (UTC)'],
    histories.map((history) => {
      const perMinute = historyPace(history.source, histories, budgets)
      const { standing, part, recordsTotal, finishedAt } = progressOf(history, perMinute, nowMs)
      const bar = '█'.repeat(Math.round(part * BAR)).padEnd(BAR, '░')
      return [
        history.source,
        day(history.from),
        day(history.until),
        standing,
        `${bar} ${Math.floor(part * 100)} %`,
        `${history.recordsProved}/${recordsTotal}`,
        `${history.requestsSent}/${history.requests}`,
        finishedAt === null ? '' : finishedAt.toISOString().slice(0, 16).replace('T', ' '),
      ]
    }),
  )
}
