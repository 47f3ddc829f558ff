import type { Stream } from '@wxcc/contracts/ledger'
import { DAY_MS, floorToWindow } from '@wxcc/contracts/window'
import { readBudgets } from '@wxcc/db/budget-status'
import type { Database } from '@wxcc/db/connect'
import { type Source, listSources } from '@wxcc/db/data-source'
import { applyHistory, cancelHistory, listHistories, pauseHistory, readUnitCosts, saveHistory } from '@wxcc/db/history'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { databaseSettings, sealingSettings } from '@wxcc/db/settings'
import { queueSettings } from '@wxcc/queue/connection'
import { httpClock } from '@wxcc/runtime/http-clock'
import { ConfigError, loadConfig } from '@wxcc/runtime/load-config'
import { processSettings } from '@wxcc/runtime/settings'
import { Command } from 'commander'
import { countHistory } from '../history/count-history.ts'
import { describeHistories } from '../history/describe-history.ts'
import { type Forecast, everyDay, forecastStream, usualCost } from '../history/forecast.ts'
import { noteActHere } from '../note-act.ts'
import { whole } from '../option-parsers.ts'
import { table } from '../table.ts'
import { withDatabase } from '../with-database.ts'

/** The pipeline's clock, if it has one of its own (a simulator's). */
const { CLOCK_URL } = processSettings
const MONTH_MS = 30.44 * DAY_MS
/** The vendor answers no range that begins longer ago (webex-cc-api §3.4). */
const MAX_MONTHS = 36

/** `wxcc plan history`: what the vendor has before the first quarter hour of a source, and what loading it will cost. Loads nothing. */
export function planCommand(): Command {
  return new Command('plan')
    .description('ask before you spend')
    .addCommand(
      new Command('history')
        .description(
          'count what lies before a source’s first quarter hour (a few requests) and say what loading it takes',
        )
        .requiredOption('--source <key>', 'of the source')
        .option('--months <n>', `how far back from now, at most ${MAX_MONTHS}`, whole(1), 13)
        .option('--json', 'print the forecast as JSON')
        .action(plan),
    )
}

/** `wxcc apply`: begins the history that was planned last. */
export function applyCommand(): Command {
  return new Command('apply')
    .description('begin the history that was planned: it loads behind live work, by what the budget leaves')
    .requiredOption('--source <key>', 'of the source')
    .action(({ source: key }: { readonly source: string }) =>
      onSource(key, async (db, source, nowMs) => {
        await noteActHere(db, { action: 'apply history', subject: key })
        if (!(await applyHistory(db, source.dataSourceId, nowMs)))
          throw new ConfigError([{ setting: '--source', problem: 'has no planned history: wxcc plan history' }])
        console.log(`${key}: history begins. wxcc history status shows how far it is.`)
      }),
    )
}

/** `wxcc history`: how far it is; pause, resume, cancel. */
export function historyCommand(): Command {
  const act = (
    name: string,
    description: string,
    work: (db: Database, source: Source, nowMs: number) => Promise<string>,
  ) =>
    new Command(name)
      .description(description)
      .requiredOption('--source <key>', 'of the source')
      .action(({ source: key }: { readonly source: string }) =>
        onSource(key, async (db, source, nowMs) => {
          await noteActHere(db, { action: `${name} history`, subject: key })
          console.log(`${key}: ${await work(db, source, nowMs)}`)
        }),
      )
  return new Command('history')
    .description('the loading of what lies before a source’s first quarter hour')
    .addCommand(
      new Command('status')
        .description('progress by counted records, and when it will be done')
        .option('--json', 'print as JSON')
        .action(showStatus),
    )
    .addCommand(
      act('pause', 'let it wait; live work goes on', async (db, { dataSourceId }, nowMs) => {
        await pauseHistory(db, dataSourceId, true, nowMs)
        return 'history is paused'
      }),
    )
    .addCommand(
      act('resume', 'let it go on', async (db, { dataSourceId }, nowMs) => {
        await pauseHistory(db, dataSourceId, false, nowMs)
        return 'history goes on'
      }),
    )
    .addCommand(
      act(
        'cancel',
        'give up the days that were not begun; what is loaded stays',
        async (db, { dataSourceId }, nowMs) => {
          const windows = await cancelHistory(db, dataSourceId, nowMs)
          return `history is cancelled, ${windows} quarter hours are given up`
        },
      ),
    )
}

interface PlanFlags {
  readonly source: string
  readonly months: number
  readonly json?: boolean
}

async function plan(flags: PlanFlags): Promise<void> {
  if (flags.months > MAX_MONTHS)
    throw new ConfigError([{ setting: '--months', problem: `must be at most ${MAX_MONTHS}: the vendor keeps no more` }])
  const config = loadConfig({ ...databaseSettings, ...sealingSettings, ...queueSettings, CLOCK_URL }, process.env)
  await onSource(flags.source, async (db, source, nowMs) => {
    // A day less than the vendor's reach: what is planned today is asked for tomorrow.
    const reachMs = flags.months === MAX_MONTHS ? nowMs - 1_093 * DAY_MS : nowMs - flags.months * MONTH_MS
    const range = { fromMs: floorToWindow(reachMs), toMs: source.loadFromMs }
    if (range.fromMs >= range.toMs)
      throw new ConfigError([
        {
          setting: '--months',
          problem: `: ${source.key} is loaded from ${new Date(range.toMs).toISOString()} on already`,
        },
      ])
    const costs = await readUnitCosts(db, source.dataSourceId)
    const streams: readonly Stream[] =
      source.taskLegs === 'on' ? ['task', 'agent_session', 'task_leg'] : ['task', 'agent_session']
    const at = {
      db,
      now: clockOf(config, db),
      key: config.SECRETS_KEY,
      redisUrl: config.REDIS_URL,
      prefix: config.QUEUE_PREFIX,
    }
    const counts = await countHistory(at, source, { range, streams, say: (line) => console.error(line) })
    const forecasts = new Map<Stream, Forecast>()
    const recordsOf = (stream: Stream) => (counts.get(stream) ?? []).reduce((sum, day) => sum + day.count, 0)
    const counted = { tasks: recordsOf('task'), sessions: recordsOf('agent_session') }
    for (const [stream, days] of counts) {
      const cost = costs.get(stream) ?? usualCost(stream, counted)
      forecasts.set(stream, forecastStream(stream, everyDay(range, days), cost))
    }
    const sum = (of: (forecast: Forecast) => number) =>
      [...forecasts.values()].reduce((total, one) => total + of(one), 0)
    const requests = sum((one) => one.requests)
    const byteSize = sum((one) => one.byteSize)
    const records = Object.fromEntries([...forecasts].map(([stream, one]) => [stream, one.records]))
    await saveHistory(db, {
      dataSourceId: source.dataSourceId,
      ...range,
      untilMs: range.toMs,
      records,
      requests,
      byteSize,
      nowMs,
    })
    const perMinute = await leftPerMinute(db, source.key, nowMs)
    const finishedAt = new Date(nowMs + (requests / perMinute) * 60_000)
    if (flags.json === true) {
      const figures = {
        from: new Date(range.fromMs),
        until: new Date(range.toMs),
        records,
        requests,
        byteSize,
        perMinute,
        finishedAt,
      }
      return console.log(JSON.stringify({ source: source.key, ...figures }, null, 2))
    }
    console.log(
      table(
        ['Records', 'Vendor counts', 'Requests', 'GB stored'],
        [...forecasts].map(([stream, one]) => [stream, String(one.records), String(one.requests), gb(one.byteSize)]),
      ),
    )
    console.log(
      `\n${source.key}, ${new Date(range.fromMs).toISOString().slice(0, 10)} to ${new Date(range.toMs).toISOString().slice(0, 10)}: ` +
        `${requests} requests at ${perMinute} a minute, ${(requests / perMinute / 60).toFixed(1)} hours, about ${gb(byteSize)} GB. ` +
        `Begun now it is done by ${finishedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.\nBegin it: wxcc apply --source ${source.key}`,
    )
  })
}

const gb = (bytes: number) => (bytes / 1e9).toFixed(2)

/** What the budget leaves to history: what is allowed, less what live work sent lately. */
async function leftPerMinute(db: Database, key: string, nowMs: number): Promise<number> {
  const budget = (await readBudgets(db, nowMs)).find(({ sources }) => sources.includes(key))
  if (budget === undefined) return 1
  return Math.max(1, budget.perMinute - budget.sentPerMinute)
}

async function showStatus(flags: { readonly json?: boolean }): Promise<void> {
  const config = loadConfig({ ...databaseSettings, CLOCK_URL }, process.env)
  await withDatabase(config.DATABASE_URL, async (db) => {
    const nowMs = await clockOf(config, db)()
    const [histories, budgets] = [await listHistories(db), await readBudgets(db, nowMs)]
    if (flags.json === true) return console.log(JSON.stringify(histories, null, 2))
    console.log(describeHistories(histories, budgets, nowMs))
  })
}

async function onSource(
  key: string,
  work: (db: Database, source: Source, nowMs: number) => Promise<void>,
): Promise<void> {
  const config = loadConfig({ ...databaseSettings, CLOCK_URL }, process.env)
  await withDatabase(config.DATABASE_URL, async (db) => {
    const source = (await listSources(db)).find((one) => one.key === key)
    if (source === undefined) throw new ConfigError([{ setting: '--source', problem: 'is no source' }])
    await work(db, source, await clockOf(config, db)())
  })
}

function clockOf(config: { readonly CLOCK_URL?: string | undefined }, db: Database) {
  return config.CLOCK_URL === undefined ? postgresClock(db) : httpClock(config.CLOCK_URL)
}
