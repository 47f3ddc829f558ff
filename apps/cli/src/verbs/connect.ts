import { DAY_MS, floorToWindow } from '@wxcc/contracts/window'
import { checkSealingKey } from '@wxcc/db/check-sealing-key'
import type { Database } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { type Source, addSource, getSource, listSources } from '@wxcc/db/data-source'
import { postgresClock } from '@wxcc/db/postgres-clock'
import type { SealingKey } from '@wxcc/db/seal'
import { databaseSettings, sealingSettings } from '@wxcc/db/settings'
import { failureCodeOf } from '@wxcc/queue/decide-failure'
import { connecting } from '@wxcc/runtime/connecting'
import { ConfigError, loadConfig } from '@wxcc/runtime/load-config'
import type { GrantedTokens } from '@wxcc/webex/access-token'
import { orgOfToken } from '@wxcc/webex/authorization'
import { Command } from 'commander'
import { z } from 'zod'
import { AUTHORIZE_URL, DATA_CENTERS, TOKEN_URL, apiUrlOf } from '../connect/data-centers.ts'
import { type App, tokensOfConsent, tokensOfRefresh } from '../connect/obtain-tokens.ts'
import { httpUrl, timeZone, uuid, whole } from '../option-parsers.ts'
import { askSecret } from '../secret-prompt.ts'
import { withDatabase } from '../with-database.ts'
import { checkSource, report } from './doctor.ts'

interface Flags {
  readonly key?: string
  readonly name?: string
  readonly org?: string
  readonly dataCenter: string
  readonly clientId: string
  readonly days: number
  readonly timeZone: string
  readonly redirectPort: number
  readonly browser: boolean
  readonly apiUrl?: string
  readonly tokenUrl: string
  readonly authorizeUrl: string
  readonly json?: boolean
}

/** Consent pages and tools of the vendor name it; a port of its own, so that it can be registered as a redirect once. */
const REDIRECT_PORT = 8484

/** `wxcc connect`: consent in the browser, or a refresh token that is there already; then the doctor. The same again after a consent was lost. */
export function connectCommand(): Command {
  return new Command('connect')
    .description(
      'connect an organisation: consent in the browser, then everything is tried; again for one whose consent was lost',
    )
    .requiredOption('--client-id <id>', 'of the integration or Service App')
    .option('--key <key>', 'short name of a new source that never changes: a-z, 0-9, _; it is part of every id')
    .option('--name <name>', 'name for people')
    .option('--org <id>', 'organisation id (UUID) that is expected; without it the one of whoever consents', uuid)
    .option('--data-center <code>', DATA_CENTERS.join(', '), 'us1')
    .option('--days <n>', 'load this many days back', whole(0), 1)
    .option('--time-zone <zone>', 'of reports, such as Europe/Prague', timeZone, 'UTC')
    .option(
      '--redirect-port <n>',
      'of the redirect http://127.0.0.1:<n>/callback, registered with the integration',
      whole(0),
      REDIRECT_PORT,
    )
    .option('--no-browser', 'only print the address of the consent page')
    .option('--api-url <url>', 'another API address, such as a simulator', httpUrl)
    .option('--token-url <url>', 'another token address, such as a simulator', httpUrl, TOKEN_URL)
    .option('--authorize-url <url>', 'another consent page, such as a simulator’s', httpUrl, AUTHORIZE_URL)
    .option('--json', 'print the doctor’s findings as JSON')
    .addHelpText(
      'after',
      '\nThe client secret is asked for, or read from WEBEX_CLIENT_SECRET. With WEBEX_REFRESH_TOKEN set no browser is needed (Service Apps).',
    )
    .action(connectOne)
}

/** Without a terminal the secret must be set; the refresh token is a way round the browser and never asked for. */
function secretSettings() {
  return {
    WEBEX_CLIENT_SECRET: process.stdin.isTTY ? z.string().optional() : z.string(),
    WEBEX_REFRESH_TOKEN: z.string().optional(),
  }
}

async function connectOne(flags: Flags): Promise<void> {
  const config = loadConfig({ ...databaseSettings, ...sealingSettings, ...secretSettings() }, process.env)
  const apiUrl = flags.apiUrl ?? apiUrlOf(flags.dataCenter)
  const say = (line: string) => (flags.json === true ? console.error(line) : console.log(line))
  const clientSecret = config.WEBEX_CLIENT_SECRET ?? (await askSecret('Client secret'))
  await withDatabase(config.DATABASE_URL, async (db) => {
    await connecting('SECRETS_KEY', () => checkSealingKey(db, config.SECRETS_KEY))
    const now = postgresClock(db)
    const app: App = { clientId: flags.clientId, clientSecret, tokenUrl: flags.tokenUrl }
    const tokens = await asked(() =>
      config.WEBEX_REFRESH_TOKEN === undefined
        ? tokensOfConsent(app, {
            authorizeUrl: flags.authorizeUrl,
            port: flags.redirectPort,
            opensBrowser: flags.browser,
            now,
            say,
          })
        : tokensOfRefresh(app, config.WEBEX_REFRESH_TOKEN, now),
    )
    const orgId = orgOf(tokens, flags.org)
    const source = await store(db, config.SECRETS_KEY, { flags, app, apiUrl, orgId, tokens, nowMs: await now() })
    say(`${source.key} is connected.\n`)
    report([{ of: source.key, findings: await checkSource(db, config.SECRETS_KEY, source) }], flags.json === true)
  })
}

async function asked(grant: () => Promise<GrantedTokens>): Promise<GrantedTokens> {
  try {
    return await grant()
  } catch (error) {
    switch (failureCodeOf(error)) {
      case 'consent_needed':
        throw new ConfigError([
          { setting: 'WEBEX_CLIENT_SECRET, --client-id:', problem: 'the vendor refused them, or the consent' },
        ])
      case 'vendor_timeout':
      case 'vendor_unavailable':
        throw new ConfigError([{ setting: '--token-url:', problem: 'the vendor cannot be reached there' }])
      default:
        throw error
    }
  }
}

/** The trap: a browser that is signed in to another organisation consents for that one, without a word (webex-cc-api §1.8). */
function orgOf(tokens: GrantedTokens, expected: string | undefined): string {
  const found = orgOfToken(tokens.accessToken)
  if (found !== null && expected !== undefined && found !== expected) {
    throw new ConfigError([
      {
        setting: '--org:',
        problem: 'the consent is for another organisation; sign out of Webex in that browser and try again',
      },
    ])
  }
  const orgId = expected ?? found
  if (orgId === null)
    throw new ConfigError([{ setting: '--org', problem: 'is needed: this token does not say whose it is' }])
  return orgId
}

/** A known organisation gets the new consent, and goes on where it stopped; a new one becomes a source. */
async function store(
  db: Database,
  key: SealingKey,
  given: {
    readonly flags: Flags
    readonly app: App
    readonly apiUrl: string
    readonly orgId: string
    readonly tokens: GrantedTokens
    readonly nowMs: number
  },
): Promise<Source> {
  const { flags, app, apiUrl, orgId, tokens, nowMs } = given
  const known = (await listSources(db)).find((source) => source.orgId.toLowerCase() === orgId)
  if (known === undefined && !/^[a-z0-9_]{1,40}$/.test(flags.key ?? ''))
    throw new ConfigError([{ setting: '--key', problem: 'of a new source must be 1 to 40 of a-z, 0-9 and _' }])
  if (known !== undefined && flags.key !== undefined && flags.key !== known.key)
    throw new ConfigError([{ setting: '--key', problem: `: this organisation is the source ${known.key}` }])
  return db.transaction().execute(async (tx) => {
    const credentials = openCredentials(tx, key)
    if (known !== undefined) {
      await credentials.replace(known.credentialId, { ...app, ...tokens })
      return getSource(tx, known.dataSourceId)
    }
    const credentialId = await credentials.add({ ...app, refreshToken: tokens.refreshToken })
    await credentials.replace(credentialId, { ...app, ...tokens })
    return addSource(tx, {
      key: flags.key!,
      displayName: flags.name ?? flags.key!,
      orgId,
      dataCenter: flags.dataCenter,
      apiUrl,
      credentialId,
      loadFromMs: floorToWindow(nowMs - flags.days * DAY_MS),
      reportingTimeZone: flags.timeZone,
      taskLegs: 'ask',
    })
  })
}
