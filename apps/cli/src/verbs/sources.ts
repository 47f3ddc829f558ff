import { DATA_CENTERS } from '@wxcc/connection/data-centers'
import { checkSealingKey } from '@wxcc/db/check-sealing-key'
import type { Database } from '@wxcc/db/connect'
import { listConnections } from '@wxcc/db/connections'
import { type Source, TASK_LEGS, type TaskLegs, changeSource, listSources } from '@wxcc/db/data-source'
import { setBudgetShare } from '@wxcc/db/request-rate'
import { databaseSettings, sealingSettings } from '@wxcc/db/settings'
import { pauseSource, removeSource, resumeSource } from '@wxcc/db/source-state'
import { connecting } from '@wxcc/runtime/connecting'
import { ConfigError, loadConfig } from '@wxcc/runtime/load-config'
import { Command, Option } from 'commander'
import { country, httpUrl, instant, part, timeZone, whole } from '../option-parsers.ts'
import { noteActHere } from '../note-act.ts'
import { addOne } from '../sources/add-source.ts'
import { type Applied, applySources } from '../sources/apply-sources.ts'
import { printSources } from '../sources/print-sources.ts'
import { readSourceFile } from '../sources/source-file.ts'
import { withDatabase } from '../with-database.ts'

/** `wxcc sources`: the organisations that are loaded. */
export function sourcesCommand(): Command {
  return new Command('sources')
    .description('the Webex Contact Center organisations that are loaded')
    .addCommand(
      new Command('list')
        .description('list them')
        .option('--all', 'also those that were removed')
        .option('--json', 'print as JSON')
        .action(listAll),
    )
    .addCommand(
      new Command('add')
        .description(
          'add one; asks for client secret and refresh token (or reads WEBEX_CLIENT_SECRET, WEBEX_REFRESH_TOKEN) and tries them',
        )
        .requiredOption('--key <key>', 'short name that never changes: a-z, 0-9, _; it is part of every id')
        .option('--name <name>', 'name for people')
        .requiredOption('--org <id>', 'organisation id (UUID)')
        .option('--data-center <code>', DATA_CENTERS.join(', '), 'us1')
        .requiredOption('--client-id <id>', 'of the integration or Service App')
        .option('--days <n>', 'load this many days back', whole(0))
        .option('--from <instant>', 'load from this moment on (ISO 8601) instead', instant)
        .option('--time-zone <zone>', 'of reports, such as Europe/Prague', timeZone, 'UTC')
        .option('--country <code>', 'of customers’ numbers without a country’s code, such as GB', country)
        .option('--reviews', 'also make reviews (journey.review) of survey scores')
        .addOption(taskLegsOption().default('ask'))
        .option('--api-url <url>', 'another API address, such as a simulator', httpUrl)
        .option('--token-url <url>', 'another token address, such as a simulator', httpUrl)
        .option('--json', 'print the source as JSON')
        .action(addOne),
    )
    .addCommand(
      new Command('set')
        .description('change settings of one; they hold for what is mapped from now on')
        .requiredOption('--key <key>', 'of the source')
        .option('--country <code>', 'of customers’ numbers without a country’s code, such as GB', country)
        .option('--reviews', 'also make reviews (journey.review) of survey scores')
        .option('--no-reviews', 'make none; those that exist stay')
        .addOption(taskLegsOption())
        .option(
          '--budget-share <part>',
          'part of the vendor’s request limit that is ours, 0.05 to 1; the rest is left to your other programs of this client id',
          part,
        )
        .option(
          '--settle-minutes <n>',
          'read a quarter hour so long after its end; doctor --learn tells how late records show',
          whole(0),
        )
        .action(setOne),
    )
    .addCommand(
      new Command('pause')
        .description('ask nothing for one until it is resumed; its connection is kept alive')
        .argument('<key>', 'of the source')
        .action((key: string) =>
          withSource(key, 'pause', (db, { dataSourceId }) => pauseSource(db, dataSourceId), 'is paused'),
        ),
    )
    .addCommand(
      new Command('resume')
        .description('let one go on that was paused, or that a failure stopped')
        .argument('<key>', 'of the source')
        .action((key: string) =>
          withSource(key, 'resume', (db, { dataSourceId }) => resumeSource(db, dataSourceId), 'goes on'),
        ),
    )
    .addCommand(
      new Command('rename')
        .description('give one another name for people; its key never changes')
        .argument('<key>', 'of the source')
        .argument('<name>', 'name for people')
        .action((key: string, displayName: string) =>
          withSource(
            key,
            'rename',
            (db, { dataSourceId }) => changeSource(db, dataSourceId, { displayName }),
            'is renamed',
          ),
        ),
    )
    .addCommand(
      new Command('remove')
        .description(
          'ask nothing for one ever again and forget its secrets; what is loaded stays, and connecting it again revives it',
        )
        .argument('<key>', 'of the source')
        .requiredOption('--yes', 'it is meant')
        .action((key: string) =>
          withSource(key, 'remove', (db, { dataSourceId }) => removeSource(db, dataSourceId), 'is removed'),
        ),
    )
    .addCommand(
      new Command('apply')
        .description(
          'make the sources what a YAML file says (docs/sources.md); those it does not name stay as they are',
        )
        .requiredOption('--file <path>', 'the file; secrets only as {env: NAME} or {file: PATH}')
        .option('--dry-run', 'only say what would be done')
        .option('--json', 'print as JSON')
        .action(applyFile),
    )
}

async function listAll(flags: { readonly all?: boolean; readonly json?: boolean }): Promise<void> {
  const { DATABASE_URL } = loadConfig(databaseSettings, process.env)
  await withDatabase(DATABASE_URL, async (db) => {
    const sources = await listSources(db, { withRemoved: flags.all === true })
    printSources(sources, flags.json === true, await listConnections(db))
  })
}

async function withSource(
  key: string,
  act: 'pause' | 'resume' | 'rename' | 'remove',
  work: (db: Database, source: Source) => Promise<void>,
  done: string,
): Promise<void> {
  const { DATABASE_URL } = loadConfig(databaseSettings, process.env)
  await withDatabase(DATABASE_URL, async (db) => {
    const source = (await listSources(db)).find((one) => one.key === key)
    if (source === undefined) throw new ConfigError([{ setting: '<key>', problem: 'is no source' }])
    await noteActHere(db, { action: `${act} source`, subject: key })
    await work(db, source)
    console.log(`${key} ${done}`)
  })
}

interface ApplyFlags {
  readonly file: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

async function applyFile(flags: ApplyFlags): Promise<void> {
  const config = loadConfig({ ...databaseSettings, ...sealingSettings }, process.env)
  const entries = await readSourceFile(flags.file)
  await withDatabase(config.DATABASE_URL, async (db) => {
    await connecting('SECRETS_KEY', () => checkSealingKey(db, config.SECRETS_KEY))
    const isDry = flags.dryRun === true
    if (!isDry) await noteActHere(db, { action: 'apply sources', subject: entries.map(({ key }) => key).join(' ') })
    const applied = await applySources({ db, key: config.SECRETS_KEY, entries, env: process.env, isDry })
    const unnamed = (await listSources(db)).flatMap(({ key }) => (entries.some((one) => one.key === key) ? [] : [key]))
    if (flags.json === true) console.log(JSON.stringify({ applied, unnamed }, null, 2))
    else {
      for (const one of applied) console.log(appliedLine(one, isDry))
      for (const key of unnamed) console.log(`${key}: not in the file, left as it is`)
    }
    if (applied.some(({ did }) => did === 'failed')) process.exitCode = 1
  })
}

function appliedLine(one: Applied, isDry: boolean): string {
  switch (one.did) {
    case 'added':
      return `${one.key}: ${isDry ? 'would be added' : 'added'}`
    case 'changed':
      return `${one.key}: ${isDry ? 'would change' : 'changed'} ${one.members.join(', ')}`
    case 'left':
      return `${one.key}: as the file says`
    case 'failed':
      return `${one.key}: FAILED, ${one.problem}`
    default:
      return one satisfies never
  }
}

function taskLegsOption(): Option {
  return new Option(
    '--task-legs <choice>',
    'load task legs (CLR); ask = find out whether the organisation has any',
  ).choices(TASK_LEGS)
}

interface SetFlags {
  readonly key: string
  readonly country?: string
  readonly reviews?: boolean
  readonly taskLegs?: TaskLegs
  readonly budgetShare?: number
  readonly settleMinutes?: number
}

async function setOne(flags: SetFlags) {
  const { DATABASE_URL } = loadConfig(databaseSettings, process.env)
  await withDatabase(DATABASE_URL, async (db) => {
    const source = (await listSources(db)).find(({ key }) => key === flags.key)
    if (source === undefined) throw new ConfigError([{ setting: '--key', problem: 'is no source' }])
    await noteActHere(db, { action: 'set source', subject: source.key })
    await changeSource(db, source.dataSourceId, {
      ...(flags.country === undefined ? {} : { defaultCountry: flags.country }),
      ...(flags.reviews === undefined ? {} : { emitsReviews: flags.reviews }),
      ...(flags.taskLegs === undefined ? {} : { taskLegs: flags.taskLegs }),
      ...(flags.settleMinutes === undefined ? {} : { settleMs: flags.settleMinutes * 60_000 }),
    })
    if (flags.budgetShare !== undefined) await setBudgetShare(db, source.credentialId, flags.budgetShare)
    console.log(`${source.key} is set`)
  })
}
