import { runMain } from '@wxcc/runtime/run-main'
import { Command } from 'commander'
import { reportShortly } from './report-shortly.ts'
import { benchCommand } from './verbs/bench.ts'
import { connectCommand } from './verbs/connect.ts'
import { customersCommand } from './verbs/customers.ts'
import { demoCommand } from './verbs/demo.ts'
import { doctorCommand } from './verbs/doctor.ts'
import { importCommand } from './verbs/import.ts'
import { migrateCommand } from './verbs/migrate.ts'
import { recordingsCommand } from './verbs/recordings.ts'
import { retentionCommand } from './verbs/retention.ts'
import { samplesCommand } from './verbs/samples.ts'
import { sourcesCommand } from './verbs/sources.ts'
import { statusCommand } from './verbs/status.ts'

await runMain('cli', async () => {
  const program = new Command('wxcc')
    .description(
      'Loads Webex Contact Center data into your own Postgres and object store, and proves that nothing is missing.',
    )
    .addCommand(demoCommand())
    .addCommand(benchCommand())
    .addCommand(connectCommand())
    .addCommand(customersCommand())
    .addCommand(doctorCommand())
    .addCommand(importCommand())
    .addCommand(migrateCommand())
    .addCommand(recordingsCommand())
    .addCommand(retentionCommand())
    .addCommand(samplesCommand())
    .addCommand(sourcesCommand())
    .addCommand(statusCommand())
  reportShortly(program)
  await program.parseAsync()
})
