import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'
import { hoursMinutesSeconds, table } from '../table.ts'

interface DailyMetrics {
  readonly date_key: number
  readonly agent_engagements: number
  readonly available_time_ms: number
  readonly engagement_time_ms: number
  readonly menu_time_ms: number
  readonly invitations: number
  readonly missed_invitations: number
  readonly queue_engagements: number
  readonly wait_time_answered_ms: number
  readonly wrap_up_time_ms: number
}

/** The nine metrics in the order of the integration's article, with how to show them. */
const METRICS: readonly {
  readonly title: string
  readonly column: Exclude<keyof DailyMetrics, 'date_key'>
  readonly isTime: boolean
}[] = [
  { title: 'Agent Engagements', column: 'agent_engagements', isTime: false },
  { title: 'Available Time', column: 'available_time_ms', isTime: true },
  { title: 'Engagement Time', column: 'engagement_time_ms', isTime: true },
  { title: 'Menu Time', column: 'menu_time_ms', isTime: true },
  { title: 'Invitations', column: 'invitations', isTime: false },
  { title: 'Missed Invitations', column: 'missed_invitations', isTime: false },
  { title: 'Queue Engagements', column: 'queue_engagements', isTime: false },
  { title: 'Wait Time (answered)', column: 'wait_time_answered_ms', isTime: true },
  { title: 'Wrap Up Time', column: 'wrap_up_time_ms', isTime: true },
]

/** The nine metrics as `bi.metric_seed_daily` gives them, a column per day and a total (all nine are sums). */
export async function nineMetricsTable(db: Database): Promise<string> {
  const { rows } = await sql<DailyMetrics>`
    select date_key, coalesce(agent_engagements, 0)::int8 as agent_engagements, coalesce(available_time_ms, 0)::int8 as available_time_ms,
           coalesce(engagement_time_ms, 0)::int8 as engagement_time_ms, coalesce(menu_time_ms, 0)::int8 as menu_time_ms,
           coalesce(invitations, 0) as invitations, coalesce(missed_invitations, 0) as missed_invitations,
           coalesce(queue_engagements, 0) as queue_engagements, coalesce(wait_time_answered_ms, 0)::int8 as wait_time_answered_ms,
           coalesce(wrap_up_time_ms, 0)::int8 as wrap_up_time_ms
    from bi.metric_seed_daily order by date_key`.execute(db)
  const show = (value: number, isTime: boolean) => (isTime ? hoursMinutesSeconds(value) : String(value))
  return table(
    ['Metric', ...rows.map((row) => isoDay(row.date_key)), 'Total'],
    METRICS.map(({ title, column, isTime }) => [
      title,
      ...rows.map((row) => show(row[column], isTime)),
      show(
        rows.reduce((sum, row) => sum + row[column], 0),
        isTime,
      ),
    ]),
  )
}

function isoDay(dateKey: number): string {
  const text = String(dateKey)
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`
}
