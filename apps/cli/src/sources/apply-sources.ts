import { TOKEN_URL, apiUrlOf } from '@wxcc/connection/data-centers'
import { DAY_MS, floorToWindow } from '@wxcc/contracts/window'
import type { Database } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { type Source, addSource, changeSource, listSources } from '@wxcc/db/data-source'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { readRate, setBudgetShare } from '@wxcc/db/request-rate'
import type { SealingKey } from '@wxcc/db/seal'
import { pauseSource, resumeSource } from '@wxcc/db/source-state'
import { ConfigError } from '@wxcc/runtime/load-config'
import { tryCredential } from '../try-credential.ts'
import { type SourceEntry, readSecret } from './source-file.ts'

/** What becomes of one source of the file. `changed` names members of the file. */
export type Applied =
  | { readonly key: string; readonly did: 'added' | 'left' }
  | { readonly key: string; readonly did: 'changed'; readonly members: readonly string[] }
  | { readonly key: string; readonly did: 'failed'; readonly problem: string }

/**
 * Makes the sources what the file says: adds, changes, pauses and resumes; a second run finds nothing to do. Sources that the file does not name stay as they are.
 * One that fails holds up no other. With `isDry` nothing is changed and the vendor is not asked.
 */
export async function applySources(at: {
  readonly db: Database
  readonly key: SealingKey
  readonly entries: readonly SourceEntry[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isDry: boolean
}): Promise<Applied[]> {
  const applied: Applied[] = []
  for (const entry of at.entries) {
    try {
      applied.push(await applyOne(at, entry))
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      applied.push({ key: entry.key, did: 'failed', problem: error.message })
    }
  }
  return applied
}

async function applyOne(at: Parameters<typeof applySources>[0], entry: SourceEntry): Promise<Applied> {
  const { db, isDry } = at
  const known = (await listSources(db, { withRemoved: true })).find(
    ({ key, orgId }) => key === entry.key || orgId.toLowerCase() === entry.organization,
  )
  if (known !== undefined && (known.key !== entry.key || known.orgId.toLowerCase() !== entry.organization))
    throw new ConfigError([{ setting: `${entry.key}:`, problem: `key and organization belong to ${known.key}` }])
  if (known === undefined) {
    if (!isDry) await add(at, entry)
    return { key: entry.key, did: 'added' }
  }
  const members = [...(await changeCredential(at, entry, known)), ...(await changeSettings(at, entry, known))]
  return members.length === 0 ? { key: entry.key, did: 'left' } : { key: entry.key, did: 'changed', members }
}

async function grantFor({ db, env }: Parameters<typeof applySources>[0], entry: SourceEntry) {
  const given = {
    clientId: entry.clientId,
    clientSecret: await readSecret(entry.clientSecret, env),
    refreshToken: await readSecret(entry.refreshToken, env),
    tokenUrl: entry.tokenUrl ?? TOKEN_URL,
  }
  const now = postgresClock(db)
  const tokens = await tryCredential({ ...given, apiUrl: apiUrlFor(entry), orgId: entry.organization, now })
  return { ...given, ...tokens, nowMs: await now() }
}

async function add(at: Parameters<typeof applySources>[0], entry: SourceEntry): Promise<void> {
  const granted = await grantFor(at, entry)
  const source = await at.db.transaction().execute(async (tx) => {
    const credentials = openCredentials(tx, at.key)
    const credentialId = await credentials.add(granted)
    await credentials.replace(credentialId, granted)
    return addSource(tx, {
      key: entry.key,
      displayName: entry.name ?? entry.key,
      orgId: entry.organization,
      dataCenter: entry.dataCenter,
      apiUrl: apiUrlFor(entry),
      credentialId,
      loadFromMs: floorToWindow(entry.loadFrom?.getTime() ?? granted.nowMs - DAY_MS),
      reportingTimeZone: entry.timeZone,
      ...(entry.country === undefined ? {} : { defaultCountry: entry.country }),
      emitsReviews: entry.reviews,
      taskLegs: entry.taskLegs,
    })
  })
  if (entry.state === 'paused') await pauseSource(at.db, source.dataSourceId)
  await setBudgetShare(at.db, source.credentialId, entry.budgetShare)
}

/** Tried anew when the client is another one, or the stored refresh token is of no use any more. */
async function changeCredential(
  at: Parameters<typeof applySources>[0],
  entry: SourceEntry,
  known: Source,
): Promise<string[]> {
  const credentials = openCredentials(at.db, at.key)
  const stored = known.state === 'removed' ? undefined : await credentials.read(known.credentialId)
  const clientSecret = await readSecret(entry.clientSecret, at.env)
  const differs = [
    ...(stored?.clientId === entry.clientId ? [] : ['clientId']),
    ...(stored?.clientSecret.equals(clientSecret) === true ? [] : ['clientSecret']),
    ...(stored?.state === 'active' ? [] : ['refreshToken']),
    ...((entry.tokenUrl ?? TOKEN_URL) === stored?.tokenUrl ? [] : ['tokenUrl']),
  ]
  if (differs.length > 0 && !at.isDry) await credentials.replace(known.credentialId, await grantFor(at, entry))
  return differs
}

async function changeSettings(
  { db, isDry }: Parameters<typeof applySources>[0],
  entry: SourceEntry,
  known: Source,
): Promise<string[]> {
  const { clientId } = await db
    .selectFrom('etl.credential')
    .select('client_id as clientId')
    .where('credential_id', '=', known.credentialId)
    .executeTakeFirstOrThrow()
  const isPaused = known.state === 'paused'
  const differs = {
    name: (entry.name ?? entry.key) !== known.displayName,
    dataCenter: entry.dataCenter !== known.dataCenter,
    apiUrl: apiUrlFor(entry) !== known.apiUrl,
    timeZone: entry.timeZone !== known.reportingTimeZone,
    country: entry.country !== undefined && entry.country !== known.defaultCountry,
    reviews: entry.reviews !== known.emitsReviews,
    // `ask` becomes `on` by itself.
    taskLegs: entry.taskLegs !== known.taskLegs && !(entry.taskLegs === 'ask' && known.taskLegs === 'on'),
    budgetShare: entry.budgetShare !== (await readRate(db, clientId)).share,
    state: isPaused !== (entry.state === 'paused'),
  }
  const members = Object.entries(differs).flatMap(([member, isDifferent]) => (isDifferent ? [member] : []))
  if (members.length === 0 || isDry) return members
  await changeSource(db, known.dataSourceId, {
    displayName: entry.name ?? entry.key,
    dataCenter: entry.dataCenter,
    apiUrl: apiUrlFor(entry),
    reportingTimeZone: entry.timeZone,
    ...(entry.country === undefined ? {} : { defaultCountry: entry.country }),
    emitsReviews: entry.reviews,
    ...(differs.taskLegs ? { taskLegs: entry.taskLegs } : {}),
  })
  if (differs.budgetShare) await setBudgetShare(db, known.credentialId, entry.budgetShare)
  if (differs.state) await (isPaused ? resumeSource : pauseSource)(db, known.dataSourceId)
  return members
}

function apiUrlFor(entry: SourceEntry): string {
  return entry.apiUrl ?? apiUrlOf(entry.dataCenter)
}
