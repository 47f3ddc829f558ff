import { LEAST_PAGE_DAYS, type Retention, listSources } from '@wxcc/db/data-source'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { addHold, changeCustody, listHolds, releaseHold } from '@wxcc/db/retention'
import { databaseSettings } from '@wxcc/db/settings'
import { ConfigError, loadConfig } from '@wxcc/runtime/load-config'
import { Command } from 'commander'
import { noteActHere } from '../note-act.ts'
import { instant, whole } from '../option-parsers.ts'
import { table } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { sourceOf } from './recordings.ts'

/** `wxcc retention`: how long things are kept, and what may not leave. */
export function retentionCommand(): Command {
  return new Command('retention')
    .description('how long things are kept, each kind by its age, and what may not leave')
    .addCommand(new Command('list').description('by source, with the legal holds').action(list))
    .addCommand(
      new Command('set')
        .description('what began before so many days leaves ("never" = it stays); what is gone does not come back')
        .requiredOption('--source <key>', 'of which source')
        .option('--recordings <days>', 'recordings', days)
        .option('--transcripts <days>', 'transcripts and attachments, and what was written in them', days)
        .option('--personal <days>', 'names, comments, variables, texts; addresses that nobody used since', days)
        .option(
          '--pages <days>',
          `the answers of Webex, which hold all of the above; at least ${LEAST_PAGE_DAYS}`,
          days,
        )
        .action(set),
    )
    .addCommand(
      new Command('hold')
        .description('a legal hold: nothing of one task, or of a span of time, leaves')
        .requiredOption('--source <key>', 'of which source')
        .requiredOption('--case <number>', 'why: the number of a case, never a name')
        .option('--task <id>', 'one task')
        .option('--from <instant>', 'or conversations that began then or later (ISO 8601)', instant)
        .option('--to <instant>', 'and before', instant)
        .action(hold),
    )
    .addCommand(
      new Command('release')
        .description('end a legal hold')
        .argument('<hold>', 'its number, from list', whole(1))
        .action(release),
    )
}

/** Commander takes a null for no value at all. */
function days(text: string): number | 'never' {
  return text === 'never' ? text : whole(1)(text)
}

async function list(): Promise<void> {
  const { DATABASE_URL } = loadConfig(databaseSettings, process.env)
  await withDatabase(DATABASE_URL, async (db) => {
    const [sources, holds] = [await listSources(db), await listHolds(db)]
    console.log(
      table(
        ['Source', 'Recordings', 'Transcripts', 'Personal data', "Webex's answers", 'Recordings expected of'],
        sources.map(({ key, retention, recordingPolicy }) => [
          key,
          ...[retention.recordings, retention.transcripts, retention.personal, retention.pages].map((kept) =>
            kept === null ? 'for ever' : `${kept} days`,
          ),
          recordingPolicy === 'flagged' ? 'flagged calls' : 'all connected calls',
        ]),
      ),
    )
    if (holds.length === 0) return console.log('\nNo legal hold.')
    const keyOf = new Map(sources.map((one) => [one.dataSourceId, one.key]))
    const timeOf = (ms: number | null) => (ms === null ? '' : new Date(ms).toISOString())
    console.log(
      `\n${table(
        ['Hold', 'Source', 'Case', 'Task', 'From', 'To'],
        holds.map((one) => [
          String(one.legalHoldId),
          keyOf.get(one.dataSourceId) ?? '',
          one.caseRef,
          one.taskId ?? '',
          timeOf(one.fromMs),
          timeOf(one.toMs),
        ]),
      )}`,
    )
  })
}

type Ages = { readonly [kind in keyof Retention]?: number | 'never' }

async function set({ source: key, ...ages }: Ages & { readonly source: string }): Promise<void> {
  const { DATABASE_URL } = loadConfig(databaseSettings, process.env)
  const changed: Partial<Retention> = Object.fromEntries(
    Object.entries(ages).map(([kind, age]) => [kind, age === 'never' ? null : age]),
  )
  if (Object.keys(changed).length === 0)
    throw new ConfigError([{ setting: '--recordings', problem: 'or --transcripts, --personal, --pages must be given' }])
  if (typeof changed.pages === 'number' && changed.pages < LEAST_PAGE_DAYS)
    throw new ConfigError([
      { setting: '--pages', problem: `must be at least ${LEAST_PAGE_DAYS} days: younger ones are still read` },
    ])
  await withDatabase(DATABASE_URL, async (db) => {
    const source = await sourceOf(db, key)
    await noteActHere(db, { action: 'set retention', subject: key, details: changed })
    await changeCustody(db, source.dataSourceId, { retention: changed })
    const kept = { ...source.retention, ...changed }
    const saidOf = (name: keyof Retention) => `${name} ${kept[name] === null ? 'for ever' : `for ${kept[name]} days`}`
    console.log(`${key} keeps ${(['recordings', 'transcripts', 'personal', 'pages'] as const).map(saidOf).join(', ')}`)
    if (kept.personal !== null && (kept.pages ?? Infinity) > kept.personal)
      console.log("Webex's answers hold personal data too, and stay longer: --pages lets them leave.")
  })
}

interface HoldFlags {
  readonly source: string
  readonly case: string
  readonly task?: string
  readonly from?: number
  readonly to?: number
}

async function hold(flags: HoldFlags): Promise<void> {
  const { DATABASE_URL } = loadConfig(databaseSettings, process.env)
  const { task, from, to } = flags
  const isRange = from !== undefined && to !== undefined && from < to
  if ((task === undefined) !== isRange || (task !== undefined && (from ?? to) !== undefined))
    throw new ConfigError([{ setting: '--task', problem: 'or else --from and a later --to must be given' }])
  if (!/^[A-Za-z0-9._/-]{1,60}$/.test(flags.case))
    throw new ConfigError([{ setting: '--case', problem: 'must be a number of a case: letters, digits and ._/-' }])
  await withDatabase(DATABASE_URL, async (db) => {
    const { dataSourceId } = await sourceOf(db, flags.source)
    await noteActHere(db, { action: 'hold', subject: flags.source, details: { case: flags.case } })
    const legalHoldId = await addHold(db, {
      dataSourceId,
      taskId: task ?? null,
      fromMs: from ?? null,
      toMs: to ?? null,
      caseRef: flags.case,
      nowMs: await postgresClock(db)(),
    })
    console.log(`hold ${legalHoldId}`)
  })
}

async function release(legalHoldId: number): Promise<void> {
  const { DATABASE_URL } = loadConfig(databaseSettings, process.env)
  await withDatabase(DATABASE_URL, async (db) => {
    await noteActHere(db, { action: 'release hold', subject: String(legalHoldId) })
    if (!(await releaseHold(db, legalHoldId, await postgresClock(db)())))
      throw new ConfigError([{ setting: '<hold>', problem: 'is no hold, or was released already' }])
    console.log(`hold ${legalHoldId} is released`)
  })
}
