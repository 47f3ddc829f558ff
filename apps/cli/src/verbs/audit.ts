import { listActs } from '@wxcc/db/audit'
import { databaseSettings } from '@wxcc/db/settings'
import { loadConfig } from '@wxcc/runtime/load-config'
import { Command } from 'commander'
import { whole } from '../option-parsers.ts'
import { table } from '../table.ts'
import { withDatabase } from '../with-database.ts'

/** `wxcc audit`: what people did, by the board and by this program. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('what people did here: log-ins, repairs, replays, erasures, users and sources; the newest first')
    .option('--limit <n>', 'at most so many', whole(1), 100)
    .option('--json', 'print as JSON')
    .action(async ({ limit, json }: { readonly limit: number; readonly json?: boolean }) => {
      await withDatabase(loadConfig(databaseSettings, process.env).DATABASE_URL, async (db) => {
        const acts = await listActs(db, limit)
        if (json) return console.log(JSON.stringify(acts, null, 2))
        if (acts.length === 0) return console.log('Nobody did anything yet.')
        const rows = acts.map((act) => [
          act.at.toISOString(),
          act.actor,
          act.via,
          act.action,
          act.subject,
          Object.entries(act.details)
            .map(([name, value]) => `${name} ${String(value)}`)
            .join(', '),
        ])
        console.log(table(['When', 'Who', 'By', 'Did', 'To', 'With'], rows))
      })
    })
}
