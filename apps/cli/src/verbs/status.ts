import { FAILURES, type FailureCode } from '@wxcc/contracts/failures'
import { type BudgetStatus, readBudgets } from '@wxcc/db/budget-status'
import { checkSchema } from '@wxcc/db/check-schema'
import { connectDatabase } from '@wxcc/db/connect'
import { listImportedSources } from '@wxcc/db/imported-source'
import { type LedgerStatus, type UnprovedWindow, listUnprovedWindows, readLedgerStatus } from '@wxcc/db/ledger-status'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { databaseSettings } from '@wxcc/db/settings'
import { connecting } from '@wxcc/runtime/connecting'
import { loadConfig } from '@wxcc/runtime/load-config'
import { Command } from 'commander'
import { sourceTrouble } from '../source-trouble.ts'
import { table } from '../table.ts'
import { windowLine } from '../window-line.ts'

const SHOWN_WINDOWS = 20

/** `wxcc status`: what is complete, what waits and until when, what failed and why. */
export function statusCommand(): Command {
  return new Command('status')
    .description('what is complete, waiting and failed, and why')
    .option('--json', 'print everything as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const { DATABASE_URL } = loadConfig(databaseSettings, process.env)
      const db = connectDatabase({ url: DATABASE_URL, applicationName: 'wxcc-cli', poolSize: 2 })
      try {
        await connecting('DATABASE_URL', () => checkSchema(db))
        const [status, budgets, unproved, imported] = await connecting('DATABASE_URL', () =>
          Promise.all([
            readLedgerStatus(db),
            postgresClock(db)().then((nowMs) => readBudgets(db, nowMs)),
            listUnprovedWindows(db, options.json ? 100_000 : SHOWN_WINDOWS),
            listImportedSources(db),
          ]),
        )
        if (options.json) return console.log(JSON.stringify({ ...status, budgets, unproved, imported }, null, 2))
        console.log(describe(status, budgets, unproved))
        if (imported.length > 0)
          console.log(
            section(
              'Imported from files',
              ['Source', 'Vendor'],
              imported.map(({ key, vendor }) => [key, vendor]),
            ),
          )
      } finally {
        await db.destroy()
      }
    })
}

function describe(status: LedgerStatus, budgets: readonly BudgetStatus[], unproved: readonly UnprovedWindow[]): string {
  if (status.sources.length === 0) return 'No source is connected yet: wxcc sources add --help'
  return [
    section(
      'Sources',
      ['Source', 'State', 'Credential'],
      status.sources.map((s) => [s.dataSourceKey, s.state, s.credentialState]),
    ),
    ...status.sources.flatMap(sourceTrouble),
    status.days.length === 0 ? 'Nothing is planned yet. Is the planner running?\n' : '',
    section(
      'May I trust this day? (UTC)',
      ['Source', 'Day', 'Tasks stored', 'Vendor counted', 'Still open', 'Agent time complete until', 'Complete'],
      status.days.map((d) => [
        d.dataSourceKey,
        d.day,
        number(d.tasksStored),
        number(d.tasksExpected),
        number(d.tasksOpen),
        d.agentTimeCompleteUntil?.toISOString() ?? 'not yet',
        d.isComplete ? 'yes' : 'no',
      ]),
    ),
    section(
      'Quarter hours',
      ['Source', 'Records', 'State', 'Windows', 'Stored'],
      status.windows.map((w) => [w.dataSourceKey, w.stream, w.state, number(w.windows), number(w.records)]),
    ),
    section(
      'Work that waits, runs or failed',
      ['Source', 'Kind', 'Lane', 'State', 'Fetches', 'Not before'],
      status.fetches.map((f) => [
        f.dataSourceKey,
        f.kind,
        f.lane,
        f.state,
        number(f.fetches),
        f.notBefore?.toISOString() ?? '',
      ]),
    ),
    section(
      'Requests to the vendor, per minute',
      ['Sources', 'Sent', 'Allowed', 'Under way', 'Waiting', 'Done by (UTC)'],
      budgets.map((b) => [
        b.sources.join(', '),
        number(b.sentPerMinute),
        `${b.perMinute}${b.isSlowed ? ' (slowed by a 429)' : ''}`,
        number(b.requestsUnderWay),
        number(b.requestsWaiting),
        b.drainedAt === null ? '' : minuteOf(b.drainedAt),
      ]),
    ),
    ...budgets.flatMap(budgetLine).map((line) => `${line}\n`),
    ...status.troubles.map(
      (t) =>
        `${t.dataSourceKey} ${t.code}, ${t.fetches} fetches wait: ${FAILURES[t.code as FailureCode] ?? 'see the log'}\n`,
    ),
    section(
      'Captures',
      ['Source', 'Kind', 'State', 'Reason', 'Captures'],
      status.captures.map((c) => [c.dataSourceKey, c.kind, c.state, c.reason ?? '', number(c.captures)]),
    ),
    ...status.deadLetters.map(
      (d) =>
        `${d.letters} dead letters of ${d.queue}, last ${d.lastAt.toISOString()}: ${d.code}. ${FAILURES[d.code as FailureCode] ?? ''}`,
    ),
    ...(unproved.length === 0
      ? []
      : [`Not proved yet${unproved.length === SHOWN_WINDOWS ? `, the first ${SHOWN_WINDOWS}` : ''}:`]),
    ...unproved.map((window) => `  ${windowLine(window)}`),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

function section(title: string, header: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `${title}\n${table(header, rows)}\n`
}

/** Whether more workers would be the right thing to buy, where work waits. */
function budgetLine(budget: BudgetStatus): string[] {
  const who = budget.sources.join(', ')
  if (budget.closedUntil !== null)
    return [
      `${who} waits for the vendor until ${minuteOf(budget.closedUntil)} UTC: it answered 429, and nobody asks before. Nothing is lost.`,
    ]
  if (budget.isTheLimit)
    return [
      `${who} is as fast as its request budget allows (${budget.perMinute} a minute): more workers will not help.`,
    ]
  if (budget.areWorkersTheLimit)
    return [
      `${who} has work that waits, and sends less than it may (${budget.perMinute} a minute): more workers would help.`,
    ]
  return []
}

function minuteOf(at: Date): string {
  return at.toISOString().slice(0, 16).replace('T', ' ')
}

function number(value: number | null): string {
  return value === null ? '?' : String(value)
}
