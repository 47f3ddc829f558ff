import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'
import type { ByKey, NineMetrics } from './nine-metrics.testing.ts'

/** Which of the nine a view of `bi` has, by the key that a row of it stands for. */
interface Reported {
  readonly view: string
  readonly columns: readonly (keyof NineMetrics)[]
  /** SQL text over the view `v`. */
  readonly key: string
}

const OF_AGENTS = [
  'agent_engagements',
  'agent_conversations',
  'engagement_time_ms',
  'invitations',
  'missed_invitations',
  'wrap_up_time_ms',
] as const
const OF_QUEUES = ['queue_engagements', 'queue_conversations', 'wait_time_answered_ms', 'wait_time_all_ms'] as const

export const SEED_DAILY: Reported = {
  view: 'metric_seed_daily',
  columns: [...OF_AGENTS, ...OF_QUEUES, 'available_time_ms', 'menu_time_ms'],
  key: 'v.date_key::text',
}
export const AGENT_DAILY: Reported = {
  view: 'metric_agent_daily',
  columns: [...OF_AGENTS, 'available_time_ms'],
  key: `(select a.source_agent_id from journey.agent a where a.agent_id = v.agent_id) || ' ' || v.date_key`,
}
/** By the start of the quarter hour in UTC, which is one also where the wall shows an hour twice. */
export const QUEUE_INTERVAL: Reported = {
  view: 'metric_queue_interval',
  columns: [...OF_AGENTS, ...OF_QUEUES],
  key: `(select q.source_queue_id from journey.queue q where q.queue_id = v.queue_id)
        || ' ' || to_char(v.interval_start_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
}
/** By the names on the wall. */
export const QUEUE_WALL_QUARTER: Reported = {
  ...QUEUE_INTERVAL,
  key: `(select q.source_queue_id from journey.queue q where q.queue_id = v.queue_id) || ' ' || v.date_key || ' ' || v.quarter_hour_key`,
}

/** `<key>: <column>=<sum> …` of every row that is not all zero, sorted; rows without a key (no queue, no agent) are left out. */
export async function linesReported(db: Database, dataSourceId: number, reported: Reported): Promise<string[]> {
  const { view, columns, key } = reported
  const sums = columns.map((column) => `coalesce(sum(v.${column}), 0)::bigint as ${column}`).join(', ')
  const { rows } = await sql<NineMetrics & { readonly key: string }>`
    select ${sql.raw(key)} as key, ${sql.raw(sums)} from bi.${sql.raw(view)} v
    where v.data_source_id = ${dataSourceId} and ${sql.raw(key)} is not null group by 1`.execute(db)
  return toLines(new Map(rows.map((row) => [row.key, row])), columns)
}

/** The same of what the script comes to. */
export function linesCalculated(metrics: ByKey, { columns }: Reported): string[] {
  return toLines(metrics, columns)
}

function toLines(metrics: ByKey, columns: readonly (keyof NineMetrics)[]): string[] {
  return [...metrics]
    .filter(([, values]) => columns.some((column) => values[column] !== 0))
    .map(([key, values]) => `${key}: ${columns.map((column) => `${column}=${values[column]}`).join(' ')}`)
    .toSorted()
}
