import type { Clock } from '@wxcc/contracts/clock'
import { DAY_MS, floorToDay } from '@wxcc/contracts/window'
import { type BudgetStatus, readBudgets } from '@wxcc/db/budget-status'
import type { Database } from '@wxcc/db/connect'
import { type Connection, listConnections } from '@wxcc/db/connections'
import { type Source, listSources } from '@wxcc/db/data-source'
import { type History, listHistories } from '@wxcc/db/history'
import { type HistoryProgress, historyPace, progressOf } from '@wxcc/db/history-progress'
import { type DayFigures, type StreamMap, countOlderGaps, readDayFigures, readStreamMaps } from './completeness.ts'
import {
  type BacklogRow,
  type CaptureRow,
  type DeadLetter,
  type Due,
  type RequestsSpent,
  readBacklog,
  readCaptures,
  readDeadLetters,
  readDue,
  readRequests,
} from './work.ts'

/** Everything the home page shows of one source. */
export interface SourceOverview {
  readonly key: string
  readonly displayName: string
  readonly state: Source['state']
  readonly days: readonly DayFigures[]
  readonly maps: readonly StreamMap[]
  readonly olderGaps: { readonly windows: number; readonly oldestMs: number | null }
  readonly due: Due
  readonly backlog: readonly BacklogRow[]
  readonly captures: readonly CaptureRow[]
  readonly requests: readonly RequestsSpent[]
  /** Of its client id, which other sources may share. */
  readonly budget: BudgetStatus | null
  /** The latest that was planned and not cancelled. */
  readonly history: (History & HistoryProgress) | null
  /** Its credential, which other sources may share; null for a source that was removed. */
  readonly connection: Pick<Connection, 'alarmedDays' | 'endsAtMs' | 'consentCode'> | null
}

/** What `/` renders and `/api/completeness` answers. Ids and figures only, no personal data. Times are epoch milliseconds. */
export interface Overview {
  /** The moment on the pipeline's clock, not the dashboard's. */
  readonly nowMs: number
  readonly sources: readonly SourceOverview[]
  readonly deadLetters: { readonly total: number; readonly latest: readonly DeadLetter[] }
}

const DEAD_LETTERS_SHOWN = 25

/** Reads the present state. `days`: how many UTC days back the maps go, today included. */
export async function readOverview(db: Database, clock: Clock, days: number): Promise<Overview> {
  const nowMs = await clock()
  const fromMs = floorToDay(nowMs) - (days - 1) * DAY_MS
  const sources: SourceOverview[] = []
  const budgets = await readBudgets(db, nowMs)
  const connections = await listConnections(db)
  const histories = await listHistories(db)
  for (const source of await listSources(db)) {
    const connection = connections.find(({ sources: sharing }) => sharing.includes(source.key)) ?? null
    const budget = budgets.find(({ sources: sharing }) => sharing.includes(source.key)) ?? null
    const latest = histories.find((one) => one.source === source.key && one.state !== 'cancelled')
    const history =
      latest === undefined
        ? null
        : { ...latest, ...progressOf(latest, historyPace(source.key, histories, budgets), nowMs) }
    const figures = await readSource(db, source, fromMs, nowMs)
    sources.push({ ...figures, budget, history, connection: shown(connection) })
  }
  return { nowMs, sources, deadLetters: await readDeadLetters(db, DEAD_LETTERS_SHOWN) }
}

function shown(connection: Connection | null): SourceOverview['connection'] {
  if (connection === null) return null
  const { alarmedDays, endsAtMs, consentCode } = connection
  return { alarmedDays, endsAtMs, consentCode }
}

async function readSource(
  db: Database,
  source: Source,
  fromMs: number,
  nowMs: number,
): Promise<Omit<SourceOverview, 'budget' | 'history' | 'connection'>> {
  const { dataSourceId } = source
  const [days, maps, olderGaps, due, backlog, captures, requests] = await Promise.all([
    readDayFigures(db, dataSourceId, fromMs),
    readStreamMaps(db, dataSourceId, fromMs),
    countOlderGaps(db, dataSourceId, fromMs),
    readDue(db, source, nowMs),
    readBacklog(db, dataSourceId),
    readCaptures(db, dataSourceId),
    readRequests(db, dataSourceId, nowMs),
  ])
  const { key, displayName, state } = source
  return { key, displayName, state, days, maps, olderGaps, due, backlog, captures, requests }
}
