import { checkSource } from '@wxcc/connection/check-source'
import { AUTHORIZE_URL, DATA_CENTERS, TOKEN_URL, apiUrlOf } from '@wxcc/connection/data-centers'
import { type App, tokensOfRefresh } from '@wxcc/connection/grants'
import { type Wanted, orgOfTokens, storeConnection } from '@wxcc/connection/store-connection'
import { checkSealingKey } from '@wxcc/db/check-sealing-key'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { databaseSettings, sealingSettings } from '@wxcc/db/settings'
import { failureCodeOf } from '@wxcc/queue/decide-failure'
import { connecting } from '@wxcc/runtime/connecting'
import { ConfigError, loadConfig } from '@wxcc/runtime/load-config'
import { type GrantedTokens, grantServiceApp } from '@wxcc/webex/access-token'
import { Command } from 'commander'
import { z } from 'zod'
import { tokensOfConsent } from '../connect/obtain-tokens.ts'
import { httpUrl, timeZone, uuid, whole } from '../option-parsers.ts'
import { noteActHere } from '../note-act.ts'
import { askSecret } from '../secret-prompt.ts'
import { withDatabase } from '../with-database.ts'
import { report } from './doctor.ts'

interface Flags {
  readonly key?: string
  readonly name?: string
  readonly org?: string
  readonly dataCenter: string
  readonly clientId: string
  readonly applicationId?: string
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
    .option(
      '--application-id <id>',
      'of a Service App: its tokens are fetched with a personal token that holds spark:applications_token; needs --org',
    )
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
      '\nThe client secret is asked for, or read from WEBEX_CLIENT_SECRET. With WEBEX_REFRESH_TOKEN set no browser is needed.\nFor --application-id the personal token is asked for too, or read from WEBEX_APPLICATIONS_TOKEN; it is not kept.',
    )
    .action(connectOne)
}

/** Without a terminal the secret must be set; the refresh token is a way round the browser and never asked for. */
function secretSettings() {
  return {
    WEBEX_CLIENT_SECRET: process.stdin.isTTY ? z.string().optional() : z.string(),
    WEBEX_REFRESH_TOKEN: z.string().optional(),
    WEBEX_APPLICATIONS_TOKEN: z.string().optional(),
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
    const tokens = await asked(async () => {
      if (flags.applicationId !== undefined) {
        if (flags.org === undefined)
          throw new ConfigError([{ setting: '--org', problem: 'is needed for a Service App' }])
        const applicationsToken = config.WEBEX_APPLICATIONS_TOKEN ?? (await askSecret('Personal token'))
        const { applicationId, org: orgId } = flags
        return grantServiceApp(app.tokenUrl, await now(), { ...app, applicationId, orgId, applicationsToken })
      }
      if (config.WEBEX_REFRESH_TOKEN !== undefined) return tokensOfRefresh(app, config.WEBEX_REFRESH_TOKEN, now)
      const { authorizeUrl, redirectPort: port, browser: opensBrowser } = flags
      return tokensOfConsent(app, { authorizeUrl, port, opensBrowser, now, say })
    })
    const orgId = orgOfTokens(tokens, flags.org)
    await noteActHere(db, { action: 'connect source', subject: flags.key ?? orgId })
    const source = await storeConnection(db, config.SECRETS_KEY, {
      wanted: { ...wantedOf(flags), apiUrl },
      app,
      orgId,
      tokens,
      nowMs: await now(),
    })
    say(`${source.key} is connected.\n`)
    report([{ of: source.key, findings: await checkSource(db, config.SECRETS_KEY, source) }], flags.json === true)
  })
}

function wantedOf(flags: Flags): Omit<Wanted, 'apiUrl'> {
  const { key, name, dataCenter, days, timeZone } = flags
  return { key, name, dataCenter, days, reportingTimeZone: timeZone }
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
      case 'vendor_unauthorized':
        throw new ConfigError([
          {
            setting: 'WEBEX_APPLICATIONS_TOKEN, WEBEX_CLIENT_SECRET:',
            problem: 'the vendor refused the personal token (it needs spark:applications_token) or the client secret',
          },
        ])
      case 'vendor_forbidden':
        throw new ConfigError([
          {
            setting: '--application-id:',
            problem: 'no administrator of the organisation has authorized this Service App (Control Hub, Apps)',
          },
        ])
      case 'vendor_not_found':
        throw new ConfigError([{ setting: '--application-id:', problem: 'is no Service App' }])
      case 'vendor_timeout':
      case 'vendor_unavailable':
        throw new ConfigError([{ setting: '--token-url:', problem: 'the vendor cannot be reached there' }])
      default:
        throw error
    }
  }
}
