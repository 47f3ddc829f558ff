import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readAs, sourceIn, waitAt, workAt } from '../../packages/db/src/bi/bi.testing.ts'
import { connectDatabase, type Database } from '../../packages/db/src/connect.ts'
import { useDatabase } from '../../packages/testing/src/database.ts'
import { DASHBOARDS } from './dashboard-json.ts'
import { expandMacros, type Shown } from './macros.testing.ts'
import { type Panel, SOURCE } from './panel.ts'

const database = useDatabase()
let db: Database
let shown: Shown
const FROM = new Date('2026-10-24T22:00Z')
const TO = new Date('2026-10-25T22:59Z')
const NEXT_DAY = new Date('2026-10-26T10:00Z')

beforeAll(async () => {
  db = connectDatabase({ url: database.url(), applicationName: 'wxcc-grafana-test', poolSize: 1 })
  // Berlin's clocks go back on this day: one call before midnight, three on it, one after it.
  const source = await sourceIn(db, 'Europe/Berlin')
  const moments = ['10-24T21:59', '10-24T22:00', '10-25T00:30', '10-25T01:30', '10-25T23:01']
  const queue = await waitAt(
    db,
    source,
    moments.map((moment) => new Date(`2026-${moment}:00Z`)),
  )
  const other = await waitAt(db, await sourceIn(db, 'America/New_York'), [new Date('2026-10-25T00:30:00Z')])
  // The next day, and the day itself afterwards: reports must put them in order.
  await workAt(db, source, [new Date('2026-10-26T09:00:00Z'), new Date('2026-10-25T09:00:00Z')])
  shown = { from: FROM, to: TO, source: source.dataSourceId, queues: [queue, other] }
})
afterAll(() => db.destroy())

/** Rows as Grafana gets them. */
const ask = (text: string, to = TO) => readAs(db, 'bi_reader', expandMacros(text, { ...shown, to }))

const panels = DASHBOARDS.flatMap(({ title, rows }) =>
  rows.flat().map((panel) => [`${title}: ${panel.title}`, panel] as const),
)

/** Why Grafana could not draw this answer; empty when it can. */
function problemsOf(panel: Panel, rows: readonly Record<string, unknown>[]): string[] {
  const columns = Object.keys(rows[0] ?? {})
  const times = rows.map(({ time }) => time)
  const isDrawnOverTime = panel.kind === 'series' || panel.kind === 'stacked'
  // A unit of a column that is not there has no effect, and nobody says so.
  const strayUnits = Object.keys(panel.units ?? {}).filter((column) => !columns.includes(column))
  return [
    ...(panel.kind === 'tile' && (rows.length !== 1 || columns.length !== 1) ? ['a tile shows one value'] : []),
    ...(isDrawnOverTime && times.some((time) => !(time instanceof Date)) ? ['a series needs a time in every row'] : []),
    ...(isDrawnOverTime && String(times) !== String(times.toSorted((one, other) => Number(one) - Number(other)))
      ? ['a series needs its rows in order']
      : []),
    ...(rows.length === 0 ? [] : strayUnits.map((column) => `no column ${column}`)),
  ]
}

it.each(panels)('%s is answered', async (_name, panel) => {
  expect(problemsOf(panel, await ask(panel.sql, NEXT_DAY))).toEqual([])
})

it.each([SOURCE, ...DASHBOARDS.flatMap(({ choices }) => choices)])('offers $label to choose', async (choice) => {
  const rows = await ask(choice.sql)
  expect(rows.length).toBeGreaterThan(0)
  expect(Object.keys(rows[0]!)).toEqual(['__text', '__value'])
})

describe('what is shown', () => {
  const panelOf = (dashboard: string, title: string) => new Map(panels).get(`${dashboard}: ${title}`)!.sql

  it('is the chosen source in the chosen time', async () => {
    const [entries] = await ask(panelOf('Queues', 'Queue engagements'))
    const [speed] = await ask(panelOf('Queues', 'Speed of answer'))
    expect([entries, speed].map((row) => Number(row?.value))).toEqual([3, 60_000])
    const queues = await ask(panelOf('Queues', 'By queue'))
    expect(queues.map((row) => [row.queue_name, Number(row.entries), row.service_level])).toEqual([['Sales', 3, 1]])
  })

  it('is whole local days where a day is the grain', async () => {
    const days = await ask(panelOf('Agents', 'Time per state and day'))
    expect(days.map(({ time, available }) => [time, Number(available)])).toEqual([[FROM, 900_000]])
    const menus = await ask(panelOf('Self-service', 'Menu time per day'), NEXT_DAY)
    expect(menus.map(({ time, menu_time }) => [time, Number(menu_time)])).toEqual([
      [FROM, 5_000],
      [new Date('2026-10-25T23:00Z'), 5_000],
    ])
  })
})
