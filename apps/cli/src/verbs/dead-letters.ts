import { FAILURES, type FailureCode } from '@wxcc/contracts/failures'
import type { Database } from '@wxcc/db/connect'
import { type DeadLetter, type Replay, listDeadLetters, replayLetter } from '@wxcc/db/replay'
import { ReadableError } from '@wxcc/runtime/readable-error'
import { Command } from 'commander'
import { noteActHere } from '../note-act.ts'
import { whole } from '../option-parsers.ts'
import { chooseSources, withLedger } from '../repair/ledger-at-hand.ts'
import { table } from '../table.ts'

interface Flags {
  readonly source?: string
  readonly queue?: string
  readonly code?: string
  readonly json?: boolean
}

interface ReplayFlags extends Flags {
  readonly all?: boolean
}

/** `wxcc dead-letters`: what the pipeline gave up on and a person decides about. */
export function deadLettersCommand(): Command {
  return new Command('dead-letters')
    .description('work that was given up: list it, look at it, let it run again')
    .addCommand(
      filtered(new Command('list').description('list what waits for a person, the newest first'))
        .option('--limit <n>', 'at most so many', whole(1), 100)
        .action((flags: Flags & { readonly limit: number }) =>
          withLedger(async ({ db }) => {
            const letters = await chosen(db, flags, flags.limit)
            console.log(flags.json ? JSON.stringify(letters, null, 2) : describeAll(letters))
          }),
        ),
    )
    .addCommand(
      new Command('show')
        .description('everything that is known of one')
        .argument('<id>', 'as listed', whole(1))
        .option('--json', 'print as JSON')
        .action((id: number, flags: Flags) =>
          withLedger(async ({ db }) => {
            const [letter] = await named(db, [id])
            console.log(flags.json ? JSON.stringify(letter, null, 2) : describe(letter!))
          }),
        ),
    )
    .addCommand(
      filtered(
        new Command('replay').description(
          'let it run again: fetches ask the vendor, mappings and transcripts use what is stored',
        ),
      )
        .argument('[ids...]', 'as listed; without ids, what --code, --queue, --source or --all choose', ids)
        .option('--all', 'all that wait')
        .action(replay),
    )
}

function filtered(command: Command): Command {
  return command
    .option('--source <key>', 'only of this source')
    .option('--queue <name>', 'only of this queue, e.g. fetch-span')
    .option('--code <code>', 'only with this failure, e.g. vendor_malformed')
    .option('--json', 'print as JSON')
}

/** What a replay did, for people. */
const REPLAYS: Readonly<Record<Replay, string>> = {
  fetched: 'the vendor is asked again',
  mapped: 'what is stored is mapped again',
  stale: 'nothing is left to repeat; settled',
  impossible: 'it names no row; wxcc repair reads a range of time anew',
}

async function replay(given: readonly number[], flags: ReplayFlags): Promise<void> {
  await withLedger(async ({ db, now }) => {
    const done = []
    for (const letter of await toReplay(db, given, flags)) {
      await noteActHere(db, {
        action: 'replay dead letter',
        subject: String(letter.deadLetterId),
        details: { job: letter.jobId },
      })
      const outcome = await replayLetter(db, letter, await now())
      done.push({ deadLetterId: letter.deadLetterId, jobId: letter.jobId, replay: outcome })
    }
    if (done.some((one) => one.replay === 'impossible')) process.exitCode = 1
    if (flags.json) return console.log(JSON.stringify(done, null, 2))
    if (done.length === 0) console.log('Nothing waits for a person.')
    for (const one of done) console.log(`${one.deadLetterId} ${one.jobId}: ${REPLAYS[one.replay]}`)
  })
}

async function toReplay(db: Database, given: readonly number[], flags: ReplayFlags): Promise<DeadLetter[]> {
  if (given.length > 0) return named(db, given)
  const isChosen = flags.all === true || (flags.source ?? flags.queue ?? flags.code) !== undefined
  if (!isChosen) throw new ReadableError('say which: ids, --code, --queue, --source, or --all')
  return chosen(db, flags)
}

async function chosen(db: Database, { source, queue, code }: Flags, limit?: number): Promise<DeadLetter[]> {
  return listDeadLetters(db, {
    ...(source === undefined ? {} : { dataSourceId: (await chooseSources(db, { key: source }))[0]! }),
    ...(queue === undefined ? {} : { queue }),
    ...(code === undefined ? {} : { code }),
    ...(limit === undefined ? {} : { limit }),
  })
}

async function named(db: Database, wanted: readonly number[]): Promise<DeadLetter[]> {
  const letters = await listDeadLetters(db, { ids: wanted })
  const missing = wanted.find((id) => letters.every(({ deadLetterId }) => deadLetterId !== id))
  if (missing !== undefined) throw new ReadableError(`there is no dead letter ${missing}`)
  return letters
}

function ids(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, whole(1)(text)]
}

function describeAll(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return 'Nothing waits for a person.'
  return table(
    ['Id', 'Source', 'Queue', 'Code', 'Attempts', 'Last', 'About'],
    letters.map((letter) => [
      String(letter.deadLetterId),
      letter.dataSourceKey ?? '',
      letter.queue,
      letter.code,
      String(letter.attempts),
      letter.lastAt.toISOString(),
      aboutOf(letter),
    ]),
  )
}

function describe(letter: DeadLetter): string {
  const { fetch } = letter
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['id', String(letter.deadLetterId)],
    ['source', letter.dataSourceKey ?? undefined],
    ['queue', letter.queue],
    ['job', letter.jobId],
    ['code', `${letter.code}: ${FAILURES[letter.code as FailureCode] ?? 'see the log'}`],
    ['attempts', String(letter.attempts)],
    ['first, last', `${letter.firstAt.toISOString()}, ${letter.lastAt.toISOString()}`],
    ['trace', letter.traceId ?? undefined],
    ['about', aboutOf(letter)],
    ['fetch', fetch === null ? undefined : `${fetch.fetchId} ${fetch.state}, ${fetch.actualRequests} requests`],
    ['settled', letter.resolvedAt?.toISOString()],
  ]
  return lines.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(12)} ${value}`])).join('\n')
}

/** Ids and times, never what is in a record. */
function aboutOf({ payload, fetch }: DeadLetter): string {
  if (payload?.['recordId'] !== undefined) return `record ${payload['recordId']}`
  if (payload?.['captureId'] !== undefined) return `capture ${payload['captureId']}`
  if (fetch === null) return ''
  const range = fetch.rangeStart === null ? '' : ` ${iso(fetch.rangeStart)}/${iso(fetch.rangeEnd!)}`
  return `${fetch.reason} ${fetch.kind}${fetch.stream === null ? '' : ` of ${fetch.stream}`}${range}`
}

function iso(text: string): string {
  return new Date(text).toISOString()
}
