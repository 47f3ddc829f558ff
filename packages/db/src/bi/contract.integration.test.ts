import { readFile } from 'node:fs/promises'
import { useDatabase } from '@wxcc/testing/database'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectDatabase, type Database } from '../connect.ts'
import { sourceIn, waitAt } from './bi.testing.ts'
import { metricsMarkdown, viewsMarkdown } from './catalogue.ts'
import { deployBi } from './deploy.ts'
import { METRICS } from './metrics.ts'
import { BI_VIEWS } from './views.ts'

const database = useDatabase()
let db: Database
beforeAll(() => {
  db = connectDatabase({ url: database.url(), applicationName: 'wxcc-bi-test', poolSize: 4 })
})
afterAll(() => db.destroy())

const ROOT = new URL('../../../../', import.meta.url)

/** Runs statements as somebody who is in this group, and nothing stays. */
async function as(role: string, statements: readonly string[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql.raw(`set local role ${role}`).execute(tx)
    for (const statement of statements) await sql.raw(statement).execute(tx)
  })
}

describe('what stands in bi', () => {
  it('every view and column has a comment, and none is an array or JSON', async () => {
    const { rows } = await sql<{ name: string; type: string; said: string | null; view: string | null }>`
      select c.relname || '.' || a.attname as name, format_type(a.atttypid, null) as type, col_description(c.oid, a.attnum) as said,
        obj_description(c.oid, 'pg_class') as view
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'bi'::regnamespace and c.relkind in ('v', 'r', 'm')`.execute(db)
    expect(rows.length).toBeGreaterThan(300)
    expect(rows.filter(({ said, view }) => !said || !view)).toEqual([])
    expect(rows.filter(({ type }) => /\[\]|json/.test(type))).toEqual([])
  })

  it('the pages in docs are the ones that these views make', async () => {
    expect(await readFile(new URL('docs/metrics.md', ROOT), 'utf8')).toBe(metricsMarkdown())
    expect(await readFile(new URL('docs/bi-views.md', ROOT), 'utf8')).toBe(viewsMarkdown())
  })

  it('the nine metrics are nine, and each is explained', () => {
    expect(METRICS.filter((metric) => metric.isSeed).map((metric) => metric.title)).toEqual([
      'Agent Engagements',
      'Available Time',
      'Engagement Time',
      'Menu Time',
      'Invitations',
      'Missed Invitations',
      'Queue Engagements',
      'Wait Time (answered)',
      'Wrap Up Time',
    ])
  })
})

describe('who may read what', () => {
  it('bi_reader runs every documented query and reads every view', async () => {
    const guide = await readFile(new URL('docs/bi.md', ROOT), 'utf8')
    const documented = [...guide.matchAll(/```sql\n([^`]+)```/g)]
      .map(([, text]) => text!)
      .filter((text) => text.includes('select '))
      .map((text) => text.replace(':source', '1').replaceAll(/:(last|safe_until)\b/g, `'2026-01-01'::timestamptz`))
    expect(documented.length).toBeGreaterThanOrEqual(3)
    await as('bi_reader', [
      ...METRICS.map((metric) => metric.example),
      ...documented,
      ...BI_VIEWS.map((view) => `select * from bi.${view.name} limit 1`),
    ])
  })

  it.each([
    'select * from journey.engagement',
    'select * from etl.load_window',
    'select * from pii.contact_identity',
    'delete from bi.dim_date',
  ])('bi_reader is refused: %s', async (statement) => {
    await expect(as('bi_reader', [statement])).rejects.toThrow(/permission denied/)
  })

  it('bi_pii_reader reads pii too, and writes nothing', async () => {
    await as('bi_pii_reader', [
      'select * from pii.contact_identity',
      'select * from pii.turn_content',
      'select * from bi.dim_agent',
    ])
    await expect(as('bi_pii_reader', ['delete from pii.contact_identity'])).rejects.toThrow(/permission denied/)
  })
})

describe('making the views', () => {
  it('again changes nothing; what a migration dropped comes back', async () => {
    expect(await deployBi(db)).toBe(false)
    await sql`drop view bi.metric_agent_daily`.execute(db)
    expect(await deployBi(db)).toBe(true)
    await as('bi_reader', ['select * from bi.metric_agent_daily'])
  })

  it('stops at a view of somebody else and names it', async () => {
    await sql`create schema if not exists marts`.execute(db)
    await sql`create view marts.ours as select * from bi.metric_seed_daily`.execute(db)
    await sql`comment on schema bi is 'another definition'`.execute(db)
    await expect(deployBi(db)).rejects.toMatchObject({ code: '2BP01', detail: expect.stringContaining('marts.ours') })
    await sql`drop view marts.ours`.execute(db)
    expect(await deployBi(db)).toBe(true)
  })
})

describe('clocks that move', () => {
  const quarters = (from: string, to: string) => {
    const moments: Date[] = []
    for (let at = Date.parse(from); at < Date.parse(to); at += 900_000) moments.push(new Date(at + 60_000))
    return moments
  }
  const BERLIN_BACK = {
    zone: 'Europe/Berlin',
    day: 20261025,
    from: '2026-10-24T22:00Z',
    to: '2026-10-25T23:00Z',
    quarters: 100,
  }
  const BERLIN_ON = {
    zone: 'Europe/Berlin',
    day: 20260329,
    from: '2026-03-28T23:00Z',
    to: '2026-03-29T22:00Z',
    quarters: 92,
  }
  const NEW_YORK_BACK = {
    zone: 'America/New_York',
    day: 20261101,
    from: '2026-11-01T04:00Z',
    to: '2026-11-02T05:00Z',
    quarters: 100,
  }
  const NEW_YORK_ON = {
    zone: 'America/New_York',
    day: 20260308,
    from: '2026-03-08T05:00Z',
    to: '2026-03-09T04:00Z',
    quarters: 92,
  }

  it.each([BERLIN_BACK, BERLIN_ON, NEW_YORK_BACK, NEW_YORK_ON])(
    '$zone on $day: $quarters quarter hours',
    async (day) => {
      const source = await sourceIn(db, day.zone)
      const queue = await waitAt(db, source, quarters(day.from, day.to))
      const { rows } = await sql<{ intervals: number; keys: number; entries: number; first: number; waited: number }>`
      select count(distinct interval_start_time)::int as intervals, count(distinct quarter_hour_key)::int as keys,
        sum(queue_engagements)::int as entries, min(quarter_hour_key)::int as first, sum(wait_time_answered_ms)::int as waited
      from bi.metric_queue_interval where queue_id = ${queue} and date_key = ${day.day}`.execute(db)
      expect(rows).toEqual([
        {
          intervals: day.quarters,
          keys: Math.min(day.quarters, 96),
          entries: day.quarters,
          first: 0,
          waited: day.quarters * 60_000,
        },
      ])
      const known = await sql<{ quarter_hours: number; starts_at: Date; ends_at: Date }>`
      select quarter_hours, starts_at, ends_at from bi.dim_source_day
      where data_source_id = ${source.dataSourceId} and date_key = ${day.day}`.execute(db)
      expect(known.rows).toEqual([
        { quarter_hours: day.quarters, starts_at: new Date(day.from), ends_at: new Date(day.to) },
      ])
      const daily =
        await sql`select queue_engagements from bi.metric_seed_daily where data_source_id = ${source.dataSourceId}`.execute(
          db,
        )
      expect(daily.rows).toEqual([{ queue_engagements: day.quarters }])
    },
  )
})

it('an inner join with every dimension loses no engagement', async () => {
  const source = await sourceIn(db, 'UTC')
  await waitAt(db, source, [new Date('2026-05-01T10:00Z')])
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from bi.fact_engagement e join bi.dim_agent using (agent_id) join bi.dim_queue using (queue_id)
      join bi.dim_team t on t.team_id = e.engaged_team_id join bi.dim_site s on s.site_id = e.site_id join bi.dim_entry_point p on p.entry_point_id = e.entry_point_id
      join bi.dim_outcome using (outcome_id) join bi.dim_contact using (contact_id) join bi.dim_customer c on c.customer_id = e.customer_id
      join bi.dim_date d on d.date_key = e.start_date_key join bi.dim_quarter_hour h on h.quarter_hour_key = e.start_quarter_hour_key
    where e.data_source_id = ${source.dataSourceId}`.execute(db)
  expect(rows).toEqual([{ n: 1 }])
})

it('an extraction up to safe_until loses nothing to a writer that is still open', async () => {
  const source = await sourceIn(db, 'UTC')
  const extracted = new Set<string>()
  // As text: a Date would cut off microseconds, and with them hide a row that is written at that very one.
  let last = '-infinity'
  const extract = async () => {
    const freshness = await sql<{ safe_until: string }>`
      select safe_until::text from bi.freshness where data_source_id = ${source.dataSourceId}`.execute(db)
    const safeUntil = freshness.rows[0]!.safe_until
    const { rows } = await sql<{ engagement_id: string }>`
      select engagement_id from bi.sync_engagement
      where data_source_id = ${source.dataSourceId} and updated_at > ${last} and updated_at <= ${safeUntil}`.execute(db)
    for (const { engagement_id } of rows) extracted.add(engagement_id)
    last = safeUntil
  }
  await waitAt(db, source, [new Date('2026-05-01T10:00Z')])
  await extract()
  expect(extracted.size).toBe(1)

  const slow = connectDatabase({ url: database.url(), applicationName: 'wxcc-mapper', poolSize: 1 })
  try {
    await slow.transaction().execute(async (tx) => {
      await waitAt(tx, source, [new Date('2026-05-01T11:00Z')])
      // Written, committed and extracted while the slow one is open: its rows will be older than these.
      await waitAt(db, source, [new Date('2026-05-01T12:00Z')])
      await extract()
    })
  } finally {
    await slow.destroy()
  }
  await extract()
  expect(extracted.size).toBe(3)
})

it('nothing lies in a default partition of a database that is set up as the planner does', async () => {
  const { rows } = await sql<{ table_name: string }>`select table_name from bi.qa_default_partitions`.execute(db)
  const partitioned = await sql<{ name: string }>`
    select 'journey.' || relname as name from pg_class where relkind = 'p' and relnamespace = 'journey'::regnamespace`.execute(
    db,
  )
  expect(rows.map((row) => row.table_name).toSorted()).toEqual(partitioned.rows.map((row) => row.name).toSorted())
})
