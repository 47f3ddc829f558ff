import { DAY_MS, floorToDay } from '@wxcc/contracts/window'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type Bench,
  MINUTE,
  NOON,
  QUARTER,
  addTestSource,
  emptyLedger,
  openBench,
  windowsOf,
} from './ledger.testing.ts'
import { VendorDays, type VendorTask } from './vendor-days.testing.ts'

const HOUR = 60 * MINUTE
/** The last two hours of a day are loaded while they happen. */
const MIDNIGHT = floorToDay(NOON) + DAY_MS
const EVENING = MIDNIGHT - 2 * HOUR

const database = useDatabase()
const { url: redisUrl, prefix } = useRedis()
let bench: Bench

beforeAll(async () => {
  bench = await openBench({ databaseUrl: database.url(), redisUrl, prefix })
})
afterAll(() => bench.close())
beforeEach(async () => {
  await bench.db.deleteFrom('etl.task_source').execute()
  await bench.db.deleteFrom('etl.raw_page').execute()
  await emptyLedger(bench, prefix)
})

/** One task in the middle of each quarter hour, closed after five minutes. */
function tasksOf(fromMs: number, toMs: number): VendorTask[] {
  return Array.from({ length: (toMs - fromMs) / QUARTER }, (_, at) => {
    const createdMs = fromMs + at * QUARTER + 5 * MINUTE
    return { createdMs, durationMs: 5 * MINUTE, activityMs: createdMs + 5 * MINUTE }
  })
}

/** A vendor and a source that loads the evening; the clock stands at its beginning. */
async function openEvening(more: VendorTask[] = []): Promise<{ vendor: VendorDays; tasks: VendorTask[] }> {
  const source = await addTestSource(bench.db, { loadFromMs: EVENING, loadUntilMs: MIDNIGHT })
  const tasks = [...tasksOf(EVENING, MIDNIGHT), ...more]
  bench.time.nowMs = EVENING
  return { vendor: new VendorDays(bench, source, tasks), tasks }
}

async function statesOf(): Promise<string[]> {
  return (await windowsOf(bench.db, 'task')).map(({ state, stored, expected }) => `${state} ${stored}/${expected}`)
}

const ALL_SEALED = Array.from({ length: 8 }, () => 'sealed 1/1')

/** Lives through the evening, quarter hour by quarter hour, until its last window was read. */
async function liveThroughEvening(vendor: VendorDays): Promise<void> {
  for (let nowMs = EVENING + 20 * MINUTE; nowMs <= MIDNIGHT + 5 * MINUTE; nowMs += QUARTER) await vendor.at(nowMs)
}

/** Looks at the clock at these hours after midnight. */
async function wake(vendor: VendorDays, hours: readonly number[]): Promise<void> {
  for (const hour of hours) await vendor.at(MIDNIGHT + hour * HOUR)
}

/** "May I trust this day?", as BI asks it. */
async function trustOf() {
  const { rows } = await sql<{ complete: boolean; open: number; stored: number; sealed: number }>`
    select is_complete as complete, tasks_open as open, tasks_stored as stored, task_windows_sealed as sealed from bi.completeness`.execute(
    bench.db,
  )
  return rows[0]
}

const repairsOf = ({ asked }: VendorDays) => asked.spans.filter(({ lane }) => lane === 'repair')

test('a day is checked by its running census, once more that night, after a day and after three; then it is sealed', async () => {
  const { vendor } = await openEvening()
  await vendor.at(EVENING + 20 * MINUTE)
  // All that is loaded is proved; but the day goes on.
  expect(await trustOf()).toMatchObject({ complete: false, stored: 1, open: 0 })
  await liveThroughEvening(vendor)
  expect(await trustOf()).toMatchObject({ complete: true, stored: 8, sealed: 0 })
  expect(await statesOf()).toEqual(ALL_SEALED.map(() => 'verified 1/1'))
  // One running census per quarter hour, and no other.
  expect(vendor.asked.censuses).toHaveLength(8)

  await wake(vendor, [0.5, 1, 1.1, 1.2, 12, 23.9, 24.1, 24.2, 47, 71.9])
  expect((await statesOf())[0]).toBe('verified 1/1')
  await wake(vendor, [72.1, 72.2, 95])
  const hours = vendor.asked.censuses.slice(8).map(({ atMs }) => Math.floor((atMs - MIDNIGHT) / HOUR))
  expect(hours).toEqual([1, 24, 72])
  expect(vendor.asked.spans).toHaveLength(8)
  expect(await statesOf()).toEqual(ALL_SEALED)
  const [window] = await windowsOf(bench.db, 'task')
  expect(window).toMatchObject({ finding: null, next_check_at: null, tracking_ids: null })
  expect(window!.sealed_at!.getTime()).toBeGreaterThanOrEqual(MIDNIGHT + 3 * DAY_MS)
})

test('records that show late and edits are found by the next check and heal', async () => {
  const late = (at: number, hours: number): VendorTask => ({
    createdMs: EVENING + at * QUARTER + MINUTE,
    durationMs: MINUTE,
    activityMs: EVENING + at * QUARTER + 2 * MINUTE,
    visibleFromMs: EVENING + hours * HOUR,
  })
  const { vendor, tasks } = await openEvening([late(0, 1), late(1, 20), late(2, 60)])
  await liveThroughEvening(vendor)
  expect((await statesOf())[0]).toBe('verified 2/2')
  // Neither count nor `lastActivityTime` tells of it; the sum does.
  tasks[5]!.durationMs += 1
  await wake(vendor, [1.1, 12, 24.1, 24.2, 72.1, 72.2, 74.3, 74.4])
  expect(await statesOf()).toEqual(ALL_SEALED.map((one, at) => (at < 3 ? 'sealed 2/2' : one)))
  expect(
    repairsOf(vendor).map(({ fromMs, toMs }) => [(fromMs - EVENING) / QUARTER, (toMs - fromMs) / QUARTER]),
  ).toEqual(
    // Windows that differ, and no other: in the evening, at 1 h or 24 h, at 72 h.
    [
      [0, 1],
      [5, 1],
      [1, 1],
      [2, 1],
    ],
  )
  const held = await bench.db
    .selectFrom('journey.conversation')
    .select('source_total_ms')
    .where('conversation_start_time', '=', new Date(tasks[5]!.createdMs))
    .executeTakeFirstOrThrow()
  expect(held.source_total_ms).toBe(5 * MINUTE + 1)
})

test('an open task is no edit; the census after its end compares it', async () => {
  const { vendor, tasks } = await openEvening()
  const long = tasks[0]!
  long.isOpen = true
  await vendor.at(EVENING + 20 * MINUTE)
  expect(await trustOf()).toMatchObject({ complete: false, open: 1 })
  long.durationMs += HOUR
  await liveThroughEvening(vendor)
  await wake(vendor, [1.1])
  expect(await trustOf()).toEqual({ complete: false, open: 1, stored: 8, sealed: 0 })
  long.isOpen = false
  long.durationMs += HOUR
  await vendor.bring(long)
  expect(await trustOf()).toMatchObject({ complete: true, open: 0 })
  await wake(vendor, [24.1, 72.1, 72.2])
  expect(repairsOf(vendor)).toEqual([])
  expect(await statesOf()).toEqual(ALL_SEALED)
  expect((await windowsOf(bench.db, 'task'))[0]).toMatchObject({
    open_records: 0,
    stored_duration_ms: 2 * HOUR + 5 * MINUTE,
  })
})

test('what is counted and not listed ends as a finding with TrackingIds, is asked for ever less often, and heals', async () => {
  const { vendor, tasks } = await openEvening()
  tasks[5]!.listedFromMs = MIDNIGHT + 30 * HOUR
  await vendor.at(MIDNIGHT + 20 * MINUTE)
  for (let hour = 1; hour <= 16; hour += 1.5) await wake(vendor, [hour])
  const finding = (await windowsOf(bench.db, 'task'))[5]!
  expect(finding).toMatchObject({ state: 'short', finding: 'rows_missing', stored: 0, expected: 1 })
  expect(finding.tracking_ids!.map((id) => id.replace(/\d+/, 'n'))).toEqual(['census-n', 'page-n'])
  const reads = repairsOf(vendor).map(({ atMs }) => atMs)
  const pauses = reads.slice(1).map((atMs, at) => atMs - reads[at]!)
  expect(pauses.toSorted((a, b) => a - b)).toEqual(pauses)
  expect(pauses.at(-1)).toBeGreaterThan(3 * HOUR)

  await wake(vendor, [40, 72.1, 72.2])
  expect(await statesOf()).toEqual(ALL_SEALED)
  expect((await windowsOf(bench.db, 'task'))[5]).toMatchObject({ finding: null, tracking_ids: null, attempts: 0 })
})

test('history is sealed by the census that it was planned from; the daily watch reads only what moved, and nothing expired', async () => {
  const { vendor, tasks } = await openEvening()
  const hours = (day: number) => [30 * 24 + day * 24, 30 * 24 + day * 24 + 0.1]
  await wake(vendor, hours(0))
  expect(await statesOf()).toEqual(ALL_SEALED)
  expect(vendor.asked.censuses).toHaveLength(1)
  vendor.forget()

  for (const day of [1, 2, 3]) await wake(vendor, hours(day + 0.01 * day))
  expect(vendor.asked.watches).toHaveLength(3)
  expect(vendor.asked.watches[0]).toMatchObject({ fromMs: EVENING })
  // News that a change pass has brought already.
  tasks[1]!.durationMs += MINUTE
  tasks[1]!.activityMs += MINUTE
  await vendor.bring(tasks[1]!)
  await wake(vendor, hours(4.04))
  expect([vendor.asked.censuses, vendor.asked.spans]).toEqual([[], []])

  // Edits that nobody has heard of: one census, and the quarter hours that differ.
  tasks[0]!.durationMs += MINUTE
  tasks[6]!.durationMs += MINUTE
  await bench.db
    .updateTable('etl.load_window')
    .set({ state: 'expired' })
    .where('window_start', '=', new Date(EVENING))
    .execute()
  await wake(vendor, hours(5.05))
  expect(vendor.asked.censuses).toMatchObject([{ dayMs: floorToDay(EVENING) }])
  expect(vendor.asked.spans).toMatchObject([{ fromMs: EVENING + 6 * QUARTER, toMs: EVENING + 7 * QUARTER }])
  expect(await statesOf()).toEqual(['expired 1/1', ...ALL_SEALED.slice(1)])
  expect((await windowsOf(bench.db, 'task'))[0]!.expected_duration_ms).toBe(5 * MINUTE)
})
