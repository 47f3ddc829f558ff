/** What a user has chosen on a dashboard. */
export interface Shown {
  readonly from: Date
  readonly to: Date
  readonly source: number
  readonly queues: readonly string[]
}

/** SQL of a panel as Grafana's backend sends it: its macros and variables filled in. Throws for one that this does not know. */
export function expandMacros(sql: string, shown: Shown): string {
  const [from, to] = [shown.from, shown.to].map((moment) => `'${moment.toISOString()}'`)
  const expanded = sql
    .replaceAll(/\$__timeFilter\(([\w.]+)\)/g, `$1 BETWEEN ${from} AND ${to}`)
    .replaceAll('$__timeFrom()', from!)
    .replaceAll('$__timeTo()', to!)
    .replaceAll('${queue:sqlstring}', shown.queues.map((queue) => `'${queue}'`).join(','))
    .replaceAll('$source', String(shown.source))
  const [unknown] = /\$\S+/.exec(expanded) ?? []
  if (unknown !== undefined) throw new Error(`no such macro or variable: ${unknown}`)
  return expanded
}
