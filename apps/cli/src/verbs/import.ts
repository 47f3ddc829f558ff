import { createReadStream, createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { access, rm } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { contactSettings } from '@wxcc/contacts/settings'
import { ensureImportedSource } from '@wxcc/db/imported-source'
import { databaseSettings } from '@wxcc/db/settings'
import { ConfigError, loadConfig } from '@wxcc/runtime/load-config'
import { Command } from 'commander'
import { importLines, type ImportReport } from '../import/import-lines.ts'
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
    const input = file === '-' ? process.stdin : createReadStream(file, 'utf8')
    const rejected = rejectedFile(
      file === '-'
        ? 'import.rejected.jsonl'
        : `${path.join(path.dirname(file), path.basename(file, '.jsonl'))}.rejected.jsonl`,
    )
    await rm(rejected.name, { force: true })
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
    const report = await importLines(db, { source, contactKey: config.CONTACT_KEY }, lines, (line) =>
      rejected.add(line),
    )
    await rejected.close()
    print(report, rejected.name, flags)
  })
}

/** Made with the first line it has to hold. Numbers and reasons, never content. */
function rejectedFile(name: string) {
  let stream: ReturnType<typeof createWriteStream> | undefined
  return {
    name,
    add(line: { readonly lineNo: number; readonly code: string; readonly reason: string }) {
      stream ??= createWriteStream(name)
      stream.write(`${JSON.stringify({ line: line.lineNo, code: line.code, reason: line.reason })}\n`)
    },
    async close() {
      if (stream === undefined) return
      stream.end()
      await once(stream, 'close')
    },
  }
}

function print(report: ImportReport, rejectedName: string, flags: Flags): void {
  const { taken, refused } = report
  if (refused > 0) process.exitCode = 1
  if (flags.json) return console.log(JSON.stringify({ ...report, ...(refused > 0 ? { rejected: rejectedName } : {}) }))
  console.log(`${taken} lines taken${refused === 0 ? '' : `, ${refused} refused: see ${rejectedName}`}`)
}
