import { STREAMS, type Stream, type WindowState } from '@wxcc/contracts/ledger'
import { DAY_MS, WINDOW_MS, floorToDay } from '@wxcc/contracts/window'
import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'

/** One quarter hour of one stream, as the ledger holds it. */
export interface WindowCell {
  readonly startMs: number
  readonly state: WindowState
  /** The source's own count; null before its census. */
  readonly expected: number | null
  readonly stored: number | null
  /** Records whose activities are fewer than the source says. */
  readonly incomplete: number | null
  readonly openRecords: number | null
  readonly finding: string | null
}

/** One UTC day of one stream: 96 places, null where no window has been opened. */
export interface StreamDay {
  readonly dayStartMs: number
  readonly cells: readonly (WindowCell | null)[]
}

export interface StreamMap {
  readonly stream: Stream
  /** The newest day first. */
  readonly days: readonly StreamDay[]
}

export const WINDOWS_PER_DAY = DAY_MS / WINDOW_MS

/** The windows of one source from this day on, stream by stream. A stream without windows is left out. */
export async function readStreamMaps(db: Database, dataSourceId: number, fromMs: number): Promise<StreamMap[]> {
  const rows = await db
    .selectFrom('etl.load_window')
    .select(['stream', 'window_start', 'state', 'expected', 'stored', 'incomplete', 'open_records', 'finding'])
    .where('data_source_id', '=', dataSourceId)
    .where('window_start', '>=', new Date(fromMs))
    .orderBy('window_start')
    .execute()
  const cells = rows.map((row) => ({
    stream: row.stream as Stream,
    cell: {
      startMs: row.window_start.getTime(),
      state: row.state as WindowState,
      expected: row.expected,
      stored: row.stored,
      incomplete: row.incomplete,
      openRecords: row.open_records,
      finding: row.finding,
    },
  }))
  return STREAMS.map((stream) => ({
    stream,
    days: groupByDay(cells.filter((c) => c.stream === stream).map((c) => c.cell)),
  })).filter((map) => map.days.length > 0)
}

/** Lays windows out on UTC days, the newest first; what was never opened stays null. */
export function groupByDay(cells: readonly WindowCell[]): StreamDay[] {
  const days = new Map<number, (WindowCell | null)[]>()
  for (const cell of cells) {
    const dayStartMs = floorToDay(cell.startMs)
    const places = days.get(dayStartMs) ?? Array.from({ length: WINDOWS_PER_DAY }, () => null)
    places[(cell.startMs - dayStartMs) / WINDOW_MS] = cell
    days.set(dayStartMs, places)
  }
  return [...days].sort(([a], [b]) => b - a).map(([dayStartMs, places]) => ({ dayStartMs, cells: places }))
}

/** One row of `bi.completeness`: may this day be trusted? All of its figures must hold. */
export interface DayFigures {
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string
  readonly taskWindows: number
  readonly taskWindowsVerified: number
  readonly sessionWindows: number
  readonly sessionWindowsVerified: number
  readonly tasksExpected: number | null
  readonly tasksStored: number | null
  readonly tasksOpen: number
  readonly agentTimeCompleteUntilMs: number | null
  readonly isComplete: boolean
}

/** The figures of every day from this one on, the newest first. */
export async function readDayFigures(db: Database, dataSourceId: number, fromMs: number): Promise<DayFigures[]> {
  const rows = await db
    .selectFrom('bi.completeness')
    .selectAll()
    .where('data_source_id', '=', dataSourceId)
    .where('day', '>=', new Date(fromMs).toISOString().slice(0, 10))
    .orderBy('day', 'desc')
    .execute()
  return rows.map((row) => ({
    day: row.day!,
    taskWindows: row.task_windows ?? 0,
    taskWindowsVerified: row.task_windows_verified ?? 0,
    sessionWindows: row.session_windows ?? 0,
    sessionWindowsVerified: row.session_windows_verified ?? 0,
    tasksExpected: row.tasks_expected,
    tasksStored: row.tasks_stored,
    tasksOpen: row.tasks_open ?? 0,
    agentTimeCompleteUntilMs: row.agent_time_complete_until?.getTime() ?? null,
    isComplete: row.is_complete ?? false,
  }))
}

/** Quarter hours before this day that are not proved, so that an old gap never drops out of sight. */
export async function countOlderGaps(
  db: Database,
  dataSourceId: number,
  beforeMs: number,
): Promise<{ readonly windows: number; readonly oldestMs: number | null }> {
  const row = await db
    .selectFrom('etl.load_window')
    .select([sql<number>`count(*)`.as('windows'), sql<Date | null>`min(window_start)`.as('oldest')])
    .where('data_source_id', '=', dataSourceId)
    .where('window_start', '<', new Date(beforeMs))
    .where('state', 'not in', ['verified', 'sealed', 'expired'])
    .executeTakeFirstOrThrow()
  return { windows: row.windows, oldestMs: row.oldest?.getTime() ?? null }
}
