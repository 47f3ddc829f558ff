/** The data source that provisioning/datasources/wxcc.yaml makes. */
export const DATA_SOURCE = { type: 'grafana-postgresql-datasource', uid: 'wxcc' } as const

/** How a value is shown, in Grafana's names of units. */
export type Unit = 'short' | 'percentunit' | 'ms' | 'dateTimeAsIso'

/** One panel: a question to `bi`, and how its answer is drawn. */
export interface Panel {
  readonly title: string
  /** Shown at the panel's corner: what is counted, and what is not. */
  readonly description: string
  /** `series` needs a column `time`, in order; every other number becomes a line. */
  readonly kind: 'tile' | 'series' | 'stacked' | 'table'
  readonly unit: Unit
  /** Units of columns that have another one. */
  readonly units?: Readonly<Record<string, Unit>>
  /** PostgreSQL over schema `bi`, with Grafana's macros and `$source`. */
  readonly sql: string
}

/** One row of panels of the same kind, side by side. */
export type Row = readonly Panel[]

/** Something to choose at the top, besides the data source. */
export interface Choice {
  readonly name: string
  readonly label: string
  /** Columns `__text` and `__value`. */
  readonly sql: string
}

export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly choices: readonly Choice[]
  readonly rows: readonly Row[]
}

export const SOURCE: Choice = {
  name: 'source',
  label: 'Data source',
  sql: 'select display_name as __text, data_source_id as __value from bi.dim_data_source order by 1',
}

/** Whole local days of the source that touch the time shown; an expression, so that views which group by day read those days only. */
export function inDaysShown(dateKey: string): string {
  const days = 'from bi.dim_source_day where data_source_id = $source'
  return `${dateKey} between (select min(date_key) ${days} and ends_at > $__timeFrom()::timestamptz)
    and (select max(date_key) ${days} and starts_at < $__timeTo()::timestamptz)`
}

/** The tile that belongs on every dashboard: what is younger than this may still be missing. */
export function completeUntil(column: 'tasks_complete_until' | 'agent_time_complete_until', what: string): Panel {
  return {
    title: `${what} complete until`,
    description: 'Everything before is stored. What is younger may still be missing from the figures below.',
    kind: 'tile',
    unit: 'dateTimeAsIso',
    sql: `select extract(epoch from ${column}) * 1000 as complete_until from bi.freshness where data_source_id = $source`,
  }
}
