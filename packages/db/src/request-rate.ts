import { type RequestRate, learnFromThrottle } from '@wxcc/contracts/request-rate'
import type { Transaction } from 'kysely'
import type { Database } from './connect.ts'
import type { DB } from './schema.ts'

/** What is known of every client id's limit. Several credentials may share one: the strictest of their settings holds. */
export async function readRates(
  db: Database | Transaction<DB>,
  clientId?: string,
): Promise<ReadonlyMap<string, RequestRate>> {
  const rows = await db
    .selectFrom('etl.credential')
    .select([
      'client_id',
      'rate_limit_per_minute',
      'budget_share',
      'learned_per_minute',
      'throttled_at',
      'closed_until',
    ])
    .$if(clientId !== undefined, (query) => query.where('client_id', '=', clientId!))
    .execute()
  const rates = new Map<string, RequestRate>()
  for (const row of rows) {
    const known = rates.get(row.client_id)
    rates.set(row.client_id, {
      limitPerMinute: Math.min(row.rate_limit_per_minute, known?.limitPerMinute ?? Infinity),
      share: Math.min(row.budget_share, known?.share ?? 1),
      learnedPerMinute: row.learned_per_minute ?? known?.learnedPerMinute ?? null,
      throttledAtMs: row.throttled_at?.getTime() ?? known?.throttledAtMs ?? null,
      closedUntilMs: row.closed_until?.getTime() ?? known?.closedUntilMs ?? null,
    })
  }
  return rates
}

/** Throws if no credential has this client id. */
export async function readRate(db: Database | Transaction<DB>, clientId: string): Promise<RequestRate> {
  const rate = (await readRates(db, clientId)).get(clientId)
  if (rate === undefined) throw new RangeError('no credential has this client id')
  return rate
}

/** Whoever shares the client id of this credential has the same share of it. */
export async function setBudgetShare(db: Database, credentialId: number, share: number): Promise<void> {
  await db
    .updateTable('etl.credential')
    .set({ budget_share: share })
    .where('client_id', 'in', (query) =>
      query.selectFrom('etl.credential').select('client_id').where('credential_id', '=', credentialId),
    )
    .execute()
}

/** Keeps what a 429 taught: until when nobody may ask, and a lower rate from then on. Many processes may tell of the same one. */
export async function noteThrottle(
  db: Database,
  throttle: { readonly clientId: string; readonly nowMs: number; readonly closedUntilMs: number },
): Promise<void> {
  const { clientId, nowMs, closedUntilMs } = throttle
  await db.transaction().execute(async (tx) => {
    await tx
      .selectFrom('etl.credential')
      .select('credential_id')
      .where('client_id', '=', clientId)
      .orderBy('credential_id')
      .forUpdate()
      .execute()
    const rate = learnFromThrottle(await readRate(tx, clientId), { nowMs, closedUntilMs })
    await tx
      .updateTable('etl.credential')
      .set({
        learned_per_minute: rate.learnedPerMinute,
        throttled_at: dateOf(rate.throttledAtMs),
        closed_until: dateOf(rate.closedUntilMs),
      })
      .where('client_id', '=', clientId)
      .execute()
  })
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
