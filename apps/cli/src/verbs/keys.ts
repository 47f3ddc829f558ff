import { randomBytes } from 'node:crypto'
import { rotateKeys } from '@wxcc/db/rotate-keys'
import { databaseSettings, sealingSettings } from '@wxcc/db/settings'
import { loadConfig } from '@wxcc/runtime/load-config'
import { Command } from 'commander'
import { noteActHere } from '../note-act.ts'
import { withDatabase } from '../with-database.ts'

/** `wxcc keys`: what seals the stored credentials. The key of contact ids is another one, and is never rotated. */
export function keysCommand(): Command {
  return new Command('keys')
    .description('the keys that seal stored credentials')
    .addCommand(new Command('new').description('print a new key').action(() => console.log(newKey())))
    .addCommand(
      new Command('rotate')
        .description('seal every credential with the first key of SECRETS_KEY="new,old"')
        .option('--json', 'print as JSON')
        .action(rotate),
    )
}

function newKey(): string {
  return randomBytes(32).toString('base64')
}

async function rotate(flags: { readonly json?: boolean }): Promise<void> {
  const { DATABASE_URL, SECRETS_KEY } = loadConfig({ ...databaseSettings, ...sealingSettings }, process.env)
  await withDatabase(DATABASE_URL, async (db) => {
    await noteActHere(db, { action: 'rotate keys', subject: 'credentials' })
    const done = await rotateKeys(db, SECRETS_KEY)
    if (flags.json) console.log(JSON.stringify(done))
    else {
      console.log(`${done.rotated} credentials sealed anew, ${done.current} were already`)
      if (done.unknown === 0) console.log('The older keys can be taken out of SECRETS_KEY everywhere.')
    }
    if (done.unknown > 0) {
      console.error(
        `${done.unknown} credentials are sealed with another key: add it to SECRETS_KEY, or connect them again`,
      )
      process.exitCode = 1
    }
  })
}
