import { type Certificate, certifyDay } from '@wxcc/db/certificate'
import { listSources } from '@wxcc/db/data-source'
import { Command, InvalidArgumentError } from 'commander'
import { chooseSources, withLedger } from '../repair/ledger-at-hand.ts'
import { table } from '../table.ts'

interface Flags {
  readonly date: number
  readonly source?: string
  readonly json?: boolean
}

/** `wxcc certificate`: a day's ledger with its hash, for whoever has to believe it; exit code 1 when the day is not complete. */
export function certificateCommand(): Command {
  return new Command('certificate')
    .description('a UTC day’s ledger, quarter hour by quarter hour, with the hashes of its pages and one of its own')
    .requiredOption('--date <day>', 'such as 2026-11-20', day)
    .option('--source <key>', 'only this source; without it all of them')
    .option('--json', 'print all of it as JSON')
    .action((flags: Flags) =>
      withLedger(async ({ db }) => {
        const wanted = await chooseSources(db, { key: flags.source })
        const certificates: Certificate[] = []
        for (const source of await listSources(db)) {
          if (wanted.includes(source.dataSourceId)) certificates.push(await certifyDay(db, source, flags.date))
        }
        console.log(flags.json ? JSON.stringify(certificates, null, 2) : certificates.map(describe).join('\n\n'))
        if (!certificates.every(({ isComplete }) => isComplete)) process.exitCode = 1
      }),
    )
}

function day(text: string): number {
  const ms = Date.parse(`${text}T00:00:00Z`)
  // The 31st of February would be a day of March.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text)
    throw new InvalidArgumentError('must be a day such as 2026-11-20.')
  return ms
}

function describe(certificate: Certificate): string {
  const { windows, pages, isSealed, isComplete } = certificate
  const sum = (of: typeof windows, value: (one: (typeof windows)[number]) => number | null) =>
    String(of.reduce((total, one) => total + (value(one) ?? 0), 0))
  return [
    `${certificate.source} (${certificate.organisation}), ${certificate.day} UTC`,
    table(
      ['Quarter hour', 'Records', 'State', 'Counted', 'Stored', 'Open', 'Counted at', 'Census', 'Fetch', 'Finding'],
      windows.map((one) => [
        one.windowStart.slice(11, 16),
        one.stream,
        one.state,
        text(one.expected),
        text(one.stored),
        text(one.open),
        text(one.expectedAt),
        text(one.censusId),
        text(one.fetchId),
        text(one.finding),
      ]),
    ),
    '',
    table(
      ['Fetch', 'Page', 'Records', 'Bytes', 'SHA-256', 'Fetched at'],
      pages.map((page) => [
        `${page.fetchId} ${page.reason}`,
        `${page.recordKind} ${page.pageNo}`,
        text(page.records),
        text(page.bytes),
        page.redactedAt === null ? page.sha256 : `${page.sha256} (redacted)`,
        page.fetchedAt,
      ]),
    ),
    '',
    ...[...Map.groupBy(windows, ({ stream }) => stream)].map(
      ([stream, of]) =>
        `${stream}: ${of.length} quarter hours, ${sum(of, (one) => one.expected)} counted, ${sum(of, (one) => one.stored)} stored`,
    ),
    isSealed ? 'Sealed.' : isComplete ? 'Complete, not sealed yet.' : 'NOT complete.',
    `SHA-256 of this ledger: ${certificate.sha256}`,
  ].join('\n')
}

function text(value: number | string | null): string {
  return value === null ? '' : String(value)
}
