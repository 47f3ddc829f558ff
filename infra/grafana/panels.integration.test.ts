import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readAs, sourceIn, waitAt } from '../../packages/db/src/bi/bi.testing.ts'
import { connectDatabase, type Database } from '../../packages/db/src/connect.ts'
import { useDatabase } from '../../packages/testing/src/database.ts'
import { DASHBOARDS } from './dashboard-json.ts'
import { expandMacros, type Shown } from './macros.testing.ts'
import { SOURCE } from './panel.ts'

const database = useDatabase()
let db: Database
let shown: Shown
const FROM = new Date('2026-10-24T22:00Z')
const TO = new Date('2026-10-25T22:59Z')

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
  shown = { from: FROM, to: TO, source: source.dataSourceId, queues: [queue, other] }
})
afterAll(() => db.destroy())

/** Rows as Grafana gets them. */
const ask = (text: string) => readAs(db, 'bi_reader', expandMacros(text, shown))

const panels = DASHBOARDS.flatMap(({ title, rows }) =>
  rows.flat().map((panel) => [`${title}: ${panel.title}`, panel] as const),
)

it.each(panels)('%s is answered', async (_name, panel) => {
  const rows = await ask(panel.sql)
  const columns = Object.keys(rows[0] ?? {})
  if (panel.kind === 'tile') expect([rows.length, columns.length]).toEqual([1, 1])
  if ((panel.kind === 'series' || panel.kind === 'stacked') && rows.length > 0) {
    expect(columns[0]).toBe('time')
    const times = rows.map(({ time }) => (time as Date).getTime())
    expect(times).toEqual(times.toSorted((one, another) => one - another))
  }
  // A unit for a column that is not there would be silently without effect.
  if (rows.length > 0) expect(columns).toEqual(expect.arrayContaining(Object.keys(panel.units ?? {})))
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
    const days = await ask(panelOf('Self-service', 'Menu time per day'))
    expect(days.map(({ time }) => time)).toEqual([FROM])
  })
})
