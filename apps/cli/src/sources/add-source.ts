import { TOKEN_URL, apiUrlOf } from '@wxcc/connection/data-centers'
import { DAY_MS, floorToWindow } from '@wxcc/contracts/window'
import { checkSealingKey } from '@wxcc/db/check-sealing-key'
import { openCredentials } from '@wxcc/db/credential'
import { type TaskLegs, addSource, listSources } from '@wxcc/db/data-source'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { databaseSettings, sealingSettings } from '@wxcc/db/settings'
import { connecting } from '@wxcc/runtime/connecting'
import { ConfigError, loadConfig } from '@wxcc/runtime/load-config'
import { noteActHere } from '../note-act.ts'
import { askSecret, secretSettings } from '../secret-prompt.ts'
import { tryCredential } from '../try-credential.ts'
import { withDatabase } from '../with-database.ts'
import { printSources } from './print-sources.ts'

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

/** Tries the secrets before anything is stored. */
export async function addOne(flags: AddFlags): Promise<void> {
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
    const known = (await listSources(db, { withRemoved: true })).find(
      (source) => source.key === flags.key || source.orgId === flags.org,
    )
    if (known !== undefined) {
      throw new ConfigError([
        { setting: known.key === flags.key ? '--key' : '--org', problem: `is used by the source ${known.key} already` },
      ])
    }
    await noteActHere(db, { action: 'add source', subject: flags.key })
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
    printSources([source], flags.json === true)
  })
}
