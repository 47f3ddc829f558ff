import { DATA_CENTERS, TOKEN_URL, apiUrlOf } from '@wxcc/connection/data-centers'
import { DAY_MS, floorToWindow } from '@wxcc/contracts/window'
import { checkSealingKey } from '@wxcc/db/check-sealing-key'
import { openCredentials } from '@wxcc/db/credential'
import { type Source, TASK_LEGS, type TaskLegs, addSource, changeSource, listSources } from '@wxcc/db/data-source'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { setBudgetShare } from '@wxcc/db/request-rate'
import { databaseSettings, sealingSettings } from '@wxcc/db/settings'
import { connecting } from '@wxcc/runtime/connecting'
import { ConfigError, loadConfig } from '@wxcc/runtime/load-config'
import { Command, Option } from 'commander'
import { country, httpUrl, instant, part, timeZone, whole } from '../option-parsers.ts'
import { askSecret, secretSettings } from '../secret-prompt.ts'
import { table } from '../table.ts'
import { tryCredential } from '../try-credential.ts'
import { withDatabase } from '../with-database.ts'

interface AddFlags {
  readonly key: string
  readonly name?: string
  readonly org: string
  readonly dataCenter: string
  readonly clientId: string
  readonly days?: number
  readonly from?: number
  readonly timeZone?: string
  readonly country?: string
  readonly reviews?: boolean
  readonly taskLegs: TaskLegs
  readonly apiUrl?: string
  readonly tokenUrl?: string
  readonly json?: boolean
}

/** `wxcc sources`: the organisations that are loaded. */
export function sourcesCommand(): Command {
  return new Command('sources')
    .description('the Webex Contact Center organisations that are loaded')
    .addCommand(
      new Command('list')
        .description('list them')
        .option('--json', 'print as JSON')
        .action(async (flags: { readonly json?: boolean }) => {
          const { DATABASE_URL } = loadConfig(databaseSettings, process.env)
          await withDatabase(DATABASE_URL, async (db) => print(await listSources(db), flags.json === true))
        }),
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
        .action(setOne),
    )
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
}

async function setOne(flags: SetFlags) {
  const { DATABASE_URL } = loadConfig(databaseSettings, process.env)
  await withDatabase(DATABASE_URL, async (db) => {
    const source = (await listSources(db)).find(({ key }) => key === flags.key)
    if (source === undefined) throw new ConfigError([{ setting: '--key', problem: 'is no source' }])
    await changeSource(db, source.dataSourceId, {
      ...(flags.country === undefined ? {} : { defaultCountry: flags.country }),
      ...(flags.reviews === undefined ? {} : { emitsReviews: flags.reviews }),
      ...(flags.taskLegs === undefined ? {} : { taskLegs: flags.taskLegs }),
    })
    if (flags.budgetShare !== undefined) await setBudgetShare(db, source.credentialId, flags.budgetShare)
    console.log(`${source.key} is set`)
  })
}

async function addOne(flags: AddFlags): Promise<void> {
  const config = loadConfig({ ...databaseSettings, ...sealingSettings, ...secretSettings() }, process.env)
  const apiUrl = flags.apiUrl ?? apiUrlOf(flags.dataCenter)
  const tokenUrl = flags.tokenUrl ?? TOKEN_URL
  if (!/^[a-z0-9_]{1,40}$/.test(flags.key))
    throw new ConfigError([{ setting: '--key', problem: 'must be 1 to 40 of a-z, 0-9 and _' }])
  const clientSecret = config.WEBEX_CLIENT_SECRET ?? (await askSecret('Client secret'))
  const refreshToken = config.WEBEX_REFRESH_TOKEN ?? (await askSecret('Refresh token'))

  await withDatabase(config.DATABASE_URL, async (db) => {
    await connecting('SECRETS_KEY', () => checkSealingKey(db, config.SECRETS_KEY))
    const nowMs = await postgresClock(db)()
    const given = { clientId: flags.clientId, clientSecret, refreshToken, tokenUrl }
    const tokens = await tryCredential({ ...given, apiUrl, orgId: flags.org, now: postgresClock(db) })
    const known = (await listSources(db)).find((source) => source.key === flags.key || source.orgId === flags.org)
    if (known !== undefined) {
      throw new ConfigError([
        { setting: known.key === flags.key ? '--key' : '--org', problem: `is used by the source ${known.key} already` },
      ])
    }
    const source = await db.transaction().execute(async (tx) => {
      const credentials = openCredentials(tx, config.SECRETS_KEY)
      // The vendor may have rotated the refresh token while it was tried: what it returned is what is kept.
      const credentialId = await credentials.add({ ...given, refreshToken: tokens.refreshToken })
      return addSource(tx, {
        key: flags.key,
        displayName: flags.name ?? flags.key,
        orgId: flags.org,
        dataCenter: flags.dataCenter,
        apiUrl,
        credentialId,
        loadFromMs: floorToWindow(flags.from ?? nowMs - (flags.days ?? 1) * DAY_MS),
        reportingTimeZone: flags.timeZone ?? 'UTC',
        ...(flags.country === undefined ? {} : { defaultCountry: flags.country }),
        emitsReviews: flags.reviews === true,
        taskLegs: flags.taskLegs,
      })
    })
    print([source], flags.json === true)
  })
}

function print(sources: readonly Source[], asJson: boolean): void {
  if (asJson) return console.log(JSON.stringify(sources, null, 2))
  if (sources.length === 0) return console.log('No source is connected yet: wxcc sources add --help')
  console.log(
    table(
      ['Source', 'Name', 'Organisation', 'Data center', 'State', 'Loaded from'],
      sources.map((s) => [s.key, s.displayName, s.orgId, s.dataCenter, s.state, new Date(s.loadFromMs).toISOString()]),
    ),
  )
}
