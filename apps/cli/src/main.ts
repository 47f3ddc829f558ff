import { runMain } from '@wxcc/runtime/run-main'
import { Command } from 'commander'
import { reportShortly } from './report-shortly.ts'
import { auditCommand } from './verbs/audit.ts'
import { benchCommand } from './verbs/bench.ts'
import { certificateCommand } from './verbs/certificate.ts'
import { connectCommand } from './verbs/connect.ts'
import { customersCommand } from './verbs/customers.ts'
import { deadLettersCommand } from './verbs/dead-letters.ts'
import { demoCommand } from './verbs/demo.ts'
import { doctorCommand } from './verbs/doctor.ts'
import { eraseCommand } from './verbs/erase.ts'
import { applyCommand, historyCommand, planCommand } from './verbs/history.ts'
import { keysCommand } from './verbs/keys.ts'
import { importCommand } from './verbs/import.ts'
import { migrateCommand } from './verbs/migrate.ts'
import { recordingsCommand } from './verbs/recordings.ts'
import { retentionCommand } from './verbs/retention.ts'
import { repairCommand } from './verbs/repair.ts'
import { samplesCommand } from './verbs/samples.ts'
import { sourcesCommand } from './verbs/sources.ts'
import { statusCommand } from './verbs/status.ts'
import { usersCommand } from './verbs/users.ts'
import { verifyCommand } from './verbs/verify.ts'
import { webhooksCommand } from './verbs/webhooks.ts'

await runMain('cli', async () => {
  const program = new Command('wxcc')
    .description(
      'Loads Webex Contact Center data into your own Postgres and object store, and proves that nothing is missing.',
    )
    .addCommand(demoCommand())
    .addCommand(applyCommand())
    .addCommand(auditCommand())
    .addCommand(benchCommand())
    .addCommand(certificateCommand())
    .addCommand(connectCommand())
    .addCommand(customersCommand())
    .addCommand(deadLettersCommand())
    .addCommand(doctorCommand())
    .addCommand(eraseCommand())
    .addCommand(historyCommand())
    .addCommand(keysCommand())
    .addCommand(importCommand())
    .addCommand(migrateCommand())
    .addCommand(planCommand())
    .addCommand(recordingsCommand())
    .addCommand(repairCommand())
    .addCommand(retentionCommand())
    .addCommand(samplesCommand())
    .addCommand(sourcesCommand())
    .addCommand(statusCommand())
    .addCommand(usersCommand())
    .addCommand(verifyCommand())
    .addCommand(webhooksCommand())
  reportShortly(program)
  await program.parseAsync()
})
