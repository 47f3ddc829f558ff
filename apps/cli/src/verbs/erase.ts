import { readFile, writeFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import password from '@inquirer/password'
import { contactSettings } from '@wxcc/contacts/settings'
import type { Database } from '@wxcc/db/connect'
import { listSources } from '@wxcc/db/data-source'
import { ErasureRefusal, findContact, findErasure } from '@wxcc/db/erasure'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { databaseSettings } from '@wxcc/db/settings'
import { type ErasureParts, eraseContact, type Receipt, receiptHash } from '@wxcc/erasure/erase-contact'
import { findResidue, type Residue } from '@wxcc/erasure/find-residue'
import { contactIdOf } from '@wxcc/erasure/marker-of'
import { httpClock } from '@wxcc/runtime/http-clock'
import { connecting } from '@wxcc/runtime/connecting'
import { processSettings } from '@wxcc/runtime/settings'
import { loadConfig } from '@wxcc/runtime/load-config'
import { ReadableError } from '@wxcc/runtime/readable-error'
import { missingStorageSettings, openStore, storageSettings, storeSettingNames } from '@wxcc/storage/open-store'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { noteActHere } from '../note-act.ts'
import { uuid } from '../option-parsers.ts'
import { table } from '../table.ts'
import { withDatabase } from '../with-database.ts'

interface Flags {
  readonly contact?: true
  readonly contactId?: string
  readonly verify?: string
  readonly receipt?: string
  readonly allPages?: boolean
  readonly yes?: boolean
  readonly json?: boolean
}

/** `wxcc erase`: a customer is forgotten, and it can be shown that they are. */
export function eraseCommand(): Command {
  return new Command('erase')
    .description(
      'forget a customer: address, names, texts, variables and files; facts stay, of nobody (docs/erasure.md)',
    )
    .option(
      '--contact',
      'the address (number, mail, handle) is asked for, or read from standard input: never an argument',
    )
    .addOption(
      new Option('--contact-id <id>', 'or the contact as in bi.dim_contact').argParser(uuid).conflicts('contact'),
    )
    .addOption(
      new Option('--verify <receipt>', 'search every store for what is left of the contact of this receipt').conflicts(
        'contactId',
      ),
    )
    .option('--receipt <file>', 'where to write the receipt (default: erasure-<number>.json)')
    .option(
      '--all-pages',
      'with --verify: read every raw page of tasks, not only those of the time the contact was known',
    )
    .option('--json', 'print as JSON')
    .action(async (flags: Flags) => {
      if (flags.verify === undefined && flags.contact === undefined && flags.contactId === undefined) {
        throw new ReadableError('say --contact or --contact-id, or --verify RECEIPT')
      }
      await withParts(flags.verify === undefined ? (parts) => erase(parts, flags) : (parts) => verify(parts, flags))
    })
}

async function erase(parts: ErasureParts, flags: Flags): Promise<void> {
  const contactId = flags.contactId ?? (await knownContact(parts, await askAddress()))
  const known = (await findContact(parts.db, [contactId])) ?? (await findErasure(parts.db, [contactId]))?.contactId
  if (known === undefined) throw new ReadableError('no contact has this id; nothing was changed')
  await noteActHere(parts.db, { action: 'erase contact', subject: contactId })
  const receipt = await eraseContact(parts, contactId)
  const file = flags.receipt ?? `erasure-${receipt.erasure}.json`
  await writeFile(file, `${JSON.stringify(receipt, null, 2)}\n`)
  if (flags.json) return console.log(JSON.stringify(receipt))
  const { tasks, texts, files, pages } = receipt.figures
  console.log(
    `Erased: ${tasks} contacts of theirs are nobody's now; ${texts} texts, ${files} files and ${pages} raw pages hold nothing of them.`,
  )
  console.log(`What the vendor delivers of them later lands as contact ${receipt.replacementContactId}.`)
  console.log(`Receipt: ${file}. Look for what is left: wxcc erase --verify ${file}`)
}

async function verify(parts: ErasureParts, flags: Flags): Promise<void> {
  const receipt = await readReceipt(flags.verify!)
  const erasure = await findErasure(parts.db, [receipt.contactId])
  const hash = receiptHash(receipt)
  if (hash.toString('hex') !== receipt.sha256) throw new ReadableError('this receipt was changed after it was written')
  if (erasure === undefined || erasure.erasureId !== receipt.erasure) {
    throw new ReadableError('this database knows nothing of this erasure')
  }
  const texts = flags.contact === undefined ? [] : await textsOf(parts, await askAddress(), receipt.contactId)
  const residue = await findResidue(parts, { erasure, texts, isAll: flags.allPages === true })
  // Repeated, an erasure ends with another receipt: the older one tells the truth of its day still.
  const isNewest = erasure.receiptSha256?.equals(hash) === true
  if (residue.length > 0) process.exitCode = 1
  if (flags.json)
    return console.log(JSON.stringify({ ok: residue.length === 0, erasure: receipt.erasure, isNewest, residue }))
  say(residue, texts.length > 0)
}

function say(residue: readonly Residue[], hasTexts: boolean): void {
  if (residue.length > 0) {
    console.log(
      table(
        ['Left of the contact in', 'How much'],
        residue.map(({ where, count }) => [where, String(count)]),
      ),
    )
    return console.log('\nRun the erasure again: wxcc erase --contact-id ID')
  }
  console.log('Nothing is left of the contact.')
  if (!hasTexts) console.log('Their address itself was not looked for: add --contact.')
}

async function readReceipt(file: string): Promise<Receipt> {
  const count = z.number().int().nonnegative()
  const shape = z.object({
    erasure: z.number().int(),
    contactId: z.uuid(),
    replacementContactId: z.uuid(),
    begunAt: z.string(),
    finishedAt: z.string(),
    figures: z.object({
      tasks: count,
      conversations: count,
      engagements: count,
      texts: count,
      files: count,
      pages: count,
    }),
    sha256: z.string(),
  })
  const text = await readFile(file, 'utf8').catch(() => {
    throw new ReadableError('--verify: there is no such file')
  })
  const parsed = shape.safeParse(parseJson(text))
  if (!parsed.success) throw new ReadableError('--verify: this file is not a receipt of an erasure')
  return parsed.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function askAddress(): Promise<string> {
  const typed = process.stdin.isTTY
    ? await password({ message: 'Address of the contact (not shown)', mask: true })
    : await readAll(process.stdin)
  if (typed.trim() === '') throw new ReadableError('no address was given')
  return typed.trim()
}

/** Every id the address may have: a handle or a number, read as in the country of any source. */
async function idsOf({ db, contactKey }: ErasureParts, address: string): Promise<string[]> {
  const countries = new Set([null, ...(await listSources(db)).map(({ defaultCountry }) => defaultCountry)])
  const ids = [...countries].flatMap((defaultCountry) =>
    [false, true].map((isSocial) => contactIdOf(address, { contactKey, defaultCountry, isSocial })),
  )
  return [...new Set(ids.filter((id) => id !== null))]
}

async function knownContact(parts: ErasureParts, address: string): Promise<string> {
  const ids = await idsOf(parts, address)
  const known = (await findContact(parts.db, ids)) ?? (await findErasure(parts.db, ids))?.contactId
  if (known === undefined) throw new ReadableError('no contact has this address; nothing was changed')
  return known
}

/** The forms in which the address may stand somewhere. */
async function textsOf(parts: ErasureParts, address: string, contactId: string): Promise<string[]> {
  const ids = await idsOf(parts, address)
  if (!ids.includes(contactId)) throw new ReadableError('this address is not of the contact of this receipt')
  return [...new Set([address, address.toLowerCase(), address.replaceAll(/[^\d+]/g, '')])].filter(
    (form) => form.length > 4,
  )
}

async function withParts(work: (parts: ErasureParts) => Promise<void>): Promise<void> {
  const config = loadConfig(
    { ...databaseSettings, ...contactSettings, ...storageSettings, CLOCK_URL: processSettings.CLOCK_URL },
    process.env,
    missingStorageSettings,
  )
  if (config.S3_LOCK_DAYS !== undefined) {
    throw new ReadableError(
      'S3_LOCK_DAYS: the store lets nobody remove a file, so nobody can be erased; take the lock off the bucket first',
    )
  }
  const objects = await connecting(storeSettingNames(config), () => openStore(config))
  await withDatabase(config.DATABASE_URL, async (db: Database) => {
    const now = config.CLOCK_URL === undefined ? postgresClock(db) : httpClock(config.CLOCK_URL)
    await work({ db, objects, contactKey: config.CONTACT_KEY, now }).catch((error: unknown) => {
      if (error instanceof ErasureRefusal) throw new ReadableError(error.message)
      throw error
    })
  })
}
