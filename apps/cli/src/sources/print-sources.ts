import type { Connection } from '@wxcc/db/connections'
import type { Source } from '@wxcc/db/data-source'
import { table } from '../table.ts'

/** `connections` adds until when each is connected, as the vendor last said. */
export function printSources(
  sources: readonly Source[],
  asJson: boolean,
  connections: readonly Connection[] = [],
): void {
  const all = sources.map((source) => ({
    ...source,
    connection: connections.find(({ sources: keys }) => keys.includes(source.key)) ?? null,
  }))
  if (asJson) return console.log(JSON.stringify(all, null, 2))
  if (all.length === 0) return console.log('No source is connected yet: wxcc connect --help')
  console.log(
    table(
      ['Source', 'Name', 'Organisation', 'Data center', 'State', 'Loaded from', 'Connected until'],
      all.map((s) => [
        s.key,
        s.displayName,
        s.orgId,
        s.dataCenter,
        s.state,
        new Date(s.loadFromMs).toISOString(),
        untilWhen(s.connection),
      ]),
    ),
  )
}

function untilWhen(connection: Connection | null): string {
  if (connection === null) return ''
  if (connection.state === 'needs_consent') return 'lost: wxcc connect'
  return connection.endsAtMs === null ? 'not told' : new Date(connection.endsAtMs).toISOString().slice(0, 10)
}
