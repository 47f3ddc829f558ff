/** One column of a view: its name, what it is (shown by BI tools), and the SQL it is made of. */
export interface ViewColumn {
  readonly name: string
  readonly comment: string
  readonly sql: string
}

/** A view of schema `bi`, or one of its two tables, as data: the database and the documentation are both made from it. */
export interface BiView {
  readonly name: string
  readonly comment: string
  /** One row per … */
  readonly grain: string
  readonly columns: readonly ViewColumn[]
  /** `select …`; undefined for a table that a migration made. */
  readonly select: string | undefined
}

/** `[name, comment]`, or `[name, comment, sql]` where the SQL is more than the column of that name. */
export type ColumnSpec = readonly [name: string, comment: string, sql?: string]

export function columnsOf(specs: readonly ColumnSpec[], alias?: string): ViewColumn[] {
  return specs.map(([name, comment, sql]) => ({
    name,
    comment,
    sql: sql ?? (alias === undefined ? name : `${alias}.${name}`),
  }))
}

/** A view whose columns are expressions over `from` (which may go on with `where` and `group by`). */
export function defineView(view: {
  readonly name: string
  readonly comment: string
  readonly grain: string
  readonly columns: readonly ViewColumn[]
  readonly from: string
  /** Goes before `select`, for common table expressions. */
  readonly with?: string
  /** Goes after everything, such as `union all select …`. */
  readonly thereafter?: string
}): BiView {
  const list = view.columns.map(({ name, sql }) =>
    sql === name || sql.endsWith(`.${name}`) ? sql : `${sql} as ${name}`,
  )
  const select = [view.with, `select\n  ${list.join(',\n  ')}`, `from ${view.from}`, view.thereafter]
  return { ...view, select: select.filter((part) => part !== undefined).join('\n') }
}

/** Stands for "none" and "not known" in facts, and is a row of every dimension, so that inner joins lose nothing. */
export const UNKNOWN = `'00000000-0000-0000-0000-000000000000'::uuid`

/** A reference to a dimension that is never null. */
export function known(sql: string): string {
  return `coalesce(${sql}, ${UNKNOWN})`
}

/** `YYYYMMDD` of a moment, in the source's reporting time zone. `ds` must be `etl.data_source`. */
export function dateKey(time: string): string {
  return `to_char(${time} at time zone ds.reporting_time_zone, 'YYYYMMDD')::int`
}

/** 0-95: the quarter of an hour on the wall clock of the reporting time zone. */
export function quarterHourKey(time: string): string {
  const local = `${time} at time zone ds.reporting_time_zone`
  return `(extract(hour from ${local}) * 4 + floor(extract(minute from ${local}) / 15))::smallint`
}

/** UTC start of the quarter hour: distinct also where the clock shows an hour twice. */
export function intervalStart(time: string): string {
  return `date_bin('15 minutes', ${time}, timestamptz '2000-01-01 00:00+00')`
}
