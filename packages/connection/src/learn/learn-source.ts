import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import { type Connection, listConnections } from '@wxcc/db/connections'
import { openCredentials } from '@wxcc/db/credential'
import type { Source } from '@wxcc/db/data-source'
import { type Learned, saveLearned } from '@wxcc/db/learned'
import type { SealingKey } from '@wxcc/db/seal'
import { createLogger } from '@wxcc/telemetry/log'
import { type CredentialStore, type TokenSource, createTokenSource } from '@wxcc/webex/access-token'
import { createWebexClient } from '@wxcc/webex/client'
import { measureEdges, measureSettle, measureSpanLimit } from './measure-search.ts'

/** Ends are told in seconds; refreshes an hour apart tell a life that goes on from one that began anew. */
const TELLING_MS = 3_600_000

/** Measures what documentation does not say, with some thirty requests, and keeps it for the source. Throws what the vendor refuses. */
export async function learnSource(
  db: Database,
  key: SealingKey,
  source: Source,
  watch: { readonly now: Clock; readonly watchMs: number; readonly pauseMs: number },
): Promise<Learned> {
  const { now } = watch
  const store = openCredentials(db, key).storeOf(source.credentialId)
  const token = createTokenSource({ now, store })
  const client = createWebexClient({
    apiUrl: source.apiUrl,
    orgId: source.orgId,
    token,
    lane: 'live',
    acquire: async () => {},
    log: createLogger('cli', { level: 'silent' }),
  })
  const learned: Learned = {
    ...(await measureRefresh(db, source.credentialId, { store, token, now })),
    edges: await measureEdges(client, await now()),
    maxSpanDays: await measureSpanLimit(client, await now()),
    ...(await measureSettle(client, watch)),
    measuredAtMs: await now(),
  }
  await saveLearned(db, source.dataSourceId, learned)
  return learned
}

/** One refresh, kept as a worker keeps it, before and after. */
async function measureRefresh(
  db: Database,
  credentialId: number,
  at: { readonly store: CredentialStore; readonly token: TokenSource; readonly now: Clock },
): Promise<Pick<Learned, 'refreshTokenRotates' | 'refreshLifeRestarts'>> {
  const life = async () => (await listConnections(db)).find((one) => one.credentialId === credentialId)!
  const [before, then] = [await at.store.read(), await life()]
  await at.token.replace(before.accessToken)
  const [after, now] = [await at.store.read(), await life()]
  return {
    refreshTokenRotates: !before.refreshToken.equals(after.refreshToken),
    refreshLifeRestarts: restarts(then, now),
  }
}

/** A life that began anew ends later by the time between the two refreshes, one that goes on ends when it would have. Null: too soon to tell. */
function restarts(then: Connection, now: Connection): boolean | null {
  if (then.refreshedAtMs === null || then.endsAtMs === null || now.refreshedAtMs === null || now.endsAtMs === null)
    return null
  const betweenMs = now.refreshedAtMs - then.refreshedAtMs
  return betweenMs < TELLING_MS ? null : now.endsAtMs - then.endsAtMs > betweenMs / 2
}
