import { randomFor } from './random.ts'
import type { TaskScript } from './script.ts'

/** Global variables as a flow writes them: every type of webex-cc-api §3.8 occurs. Cached values never change but for those that come late. */
export function globalVariablesOf(seed: number, task: TaskScript, asOfMs: number) {
  const random = randomFor(seed, 'variables', task.key)
  const isWrittenLate = task.late.some((news) => news.what === 'variables' && news.at <= asOfMs)
  const known = {
    Language: random.pickWeighted([
      [70, 'en-US'],
      [20, 'es-US'],
      [10, 'fr-CA'],
    ]),
    CustomerSegment: random.pickWeighted([
      [60, 'Standard'],
      [30, 'Plus'],
      [10, 'Business'],
    ]),
    MenuAttempts: task.plan.menuNodes,
    IsReturningCustomer: random.chance(0.4),
    AccountBalance: random.between(0, 500_000) / 100,
    EntryEpoch: task.createdTime,
  }
  return isWrittenLate ? { ...known, CaseNumber: random.between(100_000, 999_999) } : known
}
