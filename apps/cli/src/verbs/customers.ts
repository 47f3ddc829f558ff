import {
  type CustomerMove,
  CustomerRefusal,
  listMergedContacts,
  mergeCustomers,
  unmergeCustomers,
} from '@wxcc/db/journey/customers'
import type { Database } from '@wxcc/db/connect'
import { databaseSettings } from '@wxcc/db/settings'
import { loadConfig } from '@wxcc/runtime/load-config'
import { ReadableError } from '@wxcc/runtime/readable-error'
import { Command } from 'commander'
import { noteActHere } from '../note-act.ts'
import { uuid } from '../option-parsers.ts'
import { table } from '../table.ts'
import { withDatabase } from '../with-database.ts'

interface Flags {
  readonly json?: boolean
}

/** `wxcc customers`: which contacts (numbers, mail addresses) belong to one customer. Ids only: what is behind them is in `pii`. */
export function customersCommand(): Command {
  return new Command('customers')
    .description('contacts that belong to one customer; every other contact is a customer of its own')
    .addCommand(
      new Command('list')
        .description('list the contacts that were merged, with their customers')
        .option('--json', 'print as JSON')
        .action((flags: Flags) =>
          inDatabase(async (db) => {
            const merged = await listMergedContacts(db)
            if (flags.json) return console.log(JSON.stringify(merged, null, 2))
            if (merged.length === 0) return console.log('No contacts are merged: wxcc customers merge --help')
            const rows = merged.map((one) => [one.contactId, one.customerId, String(one.conversations)])
            console.log(table(['Contact', 'Customer', 'Conversations'], rows))
          }),
        ),
    )
    .addCommand(
      new Command('merge')
        .description('make contacts (or all contacts of customers) contacts of one customer, on all facts')
        .requiredOption('--into <id>', 'the customer, or a contact of it', uuid)
        .argument('<ids...>', 'contacts or customers, as in bi.dim_contact', uuids)
        .option('--json', 'print what moved as JSON')
        .action((ids: readonly string[], flags: Flags & { readonly into: string }) =>
          inDatabase(async (db) => {
            await noteActHere(db, { action: 'merge customers', subject: flags.into, details: { ids: ids.join(' ') } })
            print(await mergeCustomers(db, { into: flags.into, ids }), flags)
          }),
        ),
    )
    .addCommand(
      new Command('unmerge')
        .description('give contacts (or all contacts of customers) their own customers back')
        .argument('<ids...>', 'contacts or customers', uuids)
        .option('--json', 'print what moved as JSON')
        .action((ids: readonly string[], flags: Flags) =>
          inDatabase(async (db) => {
            await noteActHere(db, { action: 'unmerge customers', subject: ids.join(' ') })
            print(await unmergeCustomers(db, ids), flags)
          }),
        ),
    )
}

function uuids(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, uuid(text)]
}

function print(move: CustomerMove, flags: Flags): void {
  if (flags.json) return console.log(JSON.stringify(move))
  const { customerId, contacts, conversations, engagements } = move
  const where = customerId === null ? 'their own customers' : `customer ${customerId}`
  console.log(`${contacts} contacts, ${conversations} conversations and ${engagements} engagements moved to ${where}`)
}

async function inDatabase(work: (db: Database) => Promise<void>): Promise<void> {
  const { DATABASE_URL } = loadConfig(databaseSettings, process.env)
  await withDatabase(DATABASE_URL, work).catch((error: unknown) => {
    if (error instanceof CustomerRefusal) throw new ReadableError(error.message)
    throw error
  })
}
