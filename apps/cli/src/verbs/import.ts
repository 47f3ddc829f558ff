import { createReadStream } from 'node:fs'
import { access, type FileHandle, open, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { contactSettings } from '@wxcc/contacts/settings'
import { ensureImportedSource } from '@wxcc/db/imported-source'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { databaseSettings } from '@wxcc/db/settings'
import { ConfigError, loadConfig } from '@wxcc/runtime/load-config'
import { ReadableError } from '@wxcc/runtime/readable-error'
import { Command } from 'commander'
import { importLines, type ImportReport } from '../import/import-lines.ts'
import type { RefusedLine } from '../import/write-batch.ts'
import { country, timeZone } from '../option-parsers.ts'
import { withDatabase } from '../with-database.ts'

interface Flags {
  readonly source: string
  readonly vendor: string
  readonly timeZone?: string
  readonly country?: string
  readonly json?: boolean
}

/** `wxcc import`: journeys of another vendor, as JSON Lines (docs/import.md), beside those of Webex. */
export function importCommand(): Command {
  return new Command('import')
    .description(
      'take journeys of another vendor from JSON Lines (docs/import.md); lines that cannot be taken are written beside the file',
    )
    .requiredOption(
      '--source <key>',
      'short name of the source that never changes: a-z, 0-9, _; it is part of every id',
    )
    .requiredOption('--vendor <name>', 'whose platform it is: a-z, 0-9, _')
    .option('--time-zone <zone>', 'of reports, such as Europe/Prague', timeZone)
    .option('--country <code>', 'of customers’ numbers without a country’s code, such as GB', country)
    .option('--json', 'print the counts as JSON')
    .argument('<file>', 'the file, or - for standard input')
    .action(importOne)
}

async function importOne(file: string, flags: Flags): Promise<void> {
  const config = loadConfig({ ...databaseSettings, ...contactSettings }, process.env)
  for (const [setting, value] of [
    ['--source', flags.source],
    ['--vendor', flags.vendor],
  ] as const) {
    if (!/^[a-z0-9_]{1,40}$/.test(value))
      throw new ConfigError([{ setting, problem: 'must be 1 to 40 of a-z, 0-9 and _' }])
  }
  if (flags.vendor === 'webex_cc') {
    throw new ConfigError([{ setting: '--vendor', problem: 'must be another one: Webex is loaded, not imported' }])
  }
  if (file !== '-') {
    await access(file).catch(() => {
      throw new ConfigError([{ setting: 'file', problem: 'cannot be read' }])
    })
  }
  await withDatabase(config.DATABASE_URL, async (db) => {
    const source = await ensureImportedSource(db, {
      key: flags.source,
      vendor: flags.vendor,
      ...(flags.timeZone === undefined ? {} : { reportingTimeZone: flags.timeZone }),
      ...(flags.country === undefined ? {} : { defaultCountry: flags.country }),
    })
    if (source === undefined) throw new ConfigError([{ setting: '--source', problem: 'is a source of another vendor' }])
    const beside = file === '-' ? null : `${file.replace(/\.jsonl$/, '')}.rejected.jsonl`
    if (beside !== null) await rm(beside, { force: true })
    const rejected = rejectedFile(beside)
    const terms = { source, contactKey: config.CONTACT_KEY, nowMs: await postgresClock(db)() }
    // Nothing may be awaited from here until its lines are read: an interface that nobody reads loses them.
    const input = file === '-' ? process.stdin : createReadStream(file, 'utf8')
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
    try {
      print(await importLines(db, terms, lines, rejected.add), rejected.name, flags)
    } finally {
      await rejected.close()
    }
  })
}

/** Made with the first line it has to hold. Numbers and reasons, never content. Of standard input they go to standard error. */
function rejectedFile(name: string | null) {
  let file: FileHandle | undefined
  return {
    name: name ?? 'standard error',
    add: async ({ lineNo, code, reason }: RefusedLine) => {
      const text = `${JSON.stringify({ line: lineNo, code, reason })}\n`
      if (name === null) {
        process.stderr.write(text)
        return
      }
      file ??= await open(name, 'w').catch((cause: unknown) => {
        throw new ReadableError(`${name} cannot be written, and line ${lineNo} is refused (${code}): ${reason}`, {
          cause,
        })
      })
      await file.write(text)
    },
    close: async () => {
      await file?.close()
    },
  }
}

function print(report: ImportReport, rejectedName: string, flags: Flags): void {
  const { taken, refused } = report
  if (refused > 0) process.exitCode = 1
  if (flags.json) return console.log(JSON.stringify({ ...report, ...(refused > 0 ? { rejected: rejectedName } : {}) }))
  console.log(`${taken} lines taken${refused === 0 ? '' : `, ${refused} refused: see ${rejectedName}`}`)
}
