import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import { type Connection, listConnections } from '@wxcc/db/connections'
import type { Credentials } from '@wxcc/db/credential'
import type { Logger } from '@wxcc/telemetry/log'
import { createTokenSource } from '@wxcc/webex/access-token'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Refreshing alone starts the life of a refresh token anew, using it does not (webex-cc-api §1.5). */
const EVERY_MS = 7 * DAY_MS
/** After a try that failed, by whoever it was. */
const RETRY_MS = 10 * 60_000
/** A refusal may have been a fault of the vendor's: it is looked at again once a day. */
const REFUSED_RETRY_MS = DAY_MS

/** When a connection should be refreshed though nobody needs a token: weekly, and after a third of the life that was returned. Epoch ms. */
export function refreshDueAt(connection: Connection): number {
  const { refreshedAtMs, endsAtMs, triedAtMs, state } = connection
  const againMs = triedAtMs === null ? 0 : triedAtMs + (state === 'active' ? RETRY_MS : REFUSED_RETRY_MS)
  if (state !== 'active' || refreshedAtMs === null) return againMs
  const thirdMs = endsAtMs === null ? EVERY_MS : (endsAtMs - refreshedAtMs) / 3
  return Math.max(againMs, refreshedAtMs + Math.max(HOUR_MS, Math.min(EVERY_MS, thirdMs)))
}

/** Refreshes every connection that is due, those of paused and finished sources too. Answers how many there were. */
export async function keepAlive(at: {
  readonly db: Database
  readonly credentials: Credentials
  readonly now: Clock
  readonly log: Logger
}): Promise<number> {
  const nowMs = await at.now()
  const due = (await listConnections(at.db)).filter((connection) => refreshDueAt(connection) <= nowMs)
  for (const { credentialId, sources } of due) {
    try {
      const store = at.credentials.storeOf(credentialId)
      // The token everybody has is as if refused; who comes second finds another one stored, and asks for none.
      const { accessToken } = await store.read()
      await createTokenSource({ store, now: at.now }).replace(accessToken)
      at.log.info({ event: 'connection_refreshed', sources }, 'kept alive')
    } catch (error) {
      at.log.warn({ event: 'connection_not_refreshed', sources, err: error }, 'could not be kept alive')
    }
  }
  return due.length
}

/** Looks after the connections until the signal is given. What is due is decided by the clock; the pause is real time, for pace only. */
export async function runKeepAlive(
  at: Parameters<typeof keepAlive>[0] & { readonly everyMs: number; readonly signal: AbortSignal },
): Promise<void> {
  while (!at.signal.aborted) {
    try {
      await keepAlive(at)
    } catch (error) {
      at.log.warn({ event: 'connections_not_looked_at', err: error }, 'connections could not be looked at')
    }
    await sleep(at.everyMs, undefined, { signal: at.signal }).catch(() => {})
  }
}
