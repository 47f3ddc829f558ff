import type { Clock } from '@wxcc/contracts/clock'
import { FatalError } from '@wxcc/contracts/failures'
import type { RequestRate } from '@wxcc/contracts/request-rate'
import type { Database } from '@wxcc/db/connect'
import type { Credentials } from '@wxcc/db/credential'
import { countRequests } from '@wxcc/db/api-call'
import type { Claim } from '@wxcc/db/fetch-claim'
import { type Source, getSource, stopSource } from '@wxcc/db/data-source'
import { noteThrottle, readRate } from '@wxcc/db/request-rate'
import { type Budget, openBudget } from '@wxcc/queue/budget'
import type { Logger } from '@wxcc/telemetry/log'
import { type TokenSource, createTokenSource } from '@wxcc/webex/access-token'
import { type SentRequest, type WebexClient, createWebexClient } from '@wxcc/webex/client'
import type { Redis } from 'ioredis'

/** One claim's way to the vendor. */
export interface OpenVendor {
  readonly source: Source
  readonly client: WebexClient
}

interface Access {
  readonly clientId: string
  readonly token: TokenSource
  readonly budget: Budget
  /** As the ledger last told it: read anew for every claim, so that what one process learns all know before long. */
  readonly known: { rate: RequestRate }
}

/**
 * Joins what three packages know: the source and its credential, the budget of its client id, and the vendor's API. Token and budget are kept per
 * credential for the life of the process; sources that share one share both.
 */
export function openVendors(options: {
  readonly db: Database
  readonly credentials: Credentials
  readonly redis: Redis
  readonly prefix: string
  readonly now: Clock
  readonly maxPageBytes: number
}) {
  const { db, credentials, now } = options
  const accesses = new Map<number, Promise<Access>>()

  async function openAccess(credentialId: number): Promise<Access> {
    const { clientId } = await credentials.read(credentialId)
    const known = { rate: await readRate(db, clientId) }
    return {
      clientId,
      known,
      budget: openBudget({ redis: options.redis, prefix: options.prefix, clientId, now, rate: () => known.rate }),
      token: createTokenSource({ now, store: credentials.storeOf(credentialId) }),
    }
  }

  function accessOf(credentialId: number): Promise<Access> {
    const held = accesses.get(credentialId) ?? openAccess(credentialId)
    accesses.set(credentialId, held)
    held.catch(() => accesses.delete(credentialId))
    return held
  }

  return {
    /** Runs `work` with a client of the claim's source and lane; afterwards the requests are added to `etl.api_call`, and a 403 stops the source. */
    async withVendor<T>(
      claim: Pick<Claim, 'dataSourceId' | 'lane'>,
      job: { readonly signal: AbortSignal; readonly log: Logger; readonly countRequest: () => void },
      work: (vendor: OpenVendor) => Promise<T>,
    ): Promise<T> {
      const source = await getSource(db, claim.dataSourceId)
      const { clientId, known, token, budget } = await accessOf(source.credentialId)
      known.rate = await readRate(db, clientId)
      const sent: SentRequest[] = []
      const client = createWebexClient({
        apiUrl: source.apiUrl,
        orgId: source.orgId,
        token,
        lane: claim.lane,
        acquire: (lane) => budget.acquire(lane, { signal: job.signal }),
        maxPageBytes: options.maxPageBytes,
        signal: job.signal,
        log: job.log,
        onRequest(request) {
          sent.push(request)
          job.countRequest()
        },
        async onThrottled(retryAfterMs) {
          const nowMs = await now()
          await budget.close(nowMs + retryAfterMs)
          await noteThrottle(db, { clientId, nowMs, closedUntilMs: nowMs + retryAfterMs })
          known.rate = await readRate(db, clientId)
        },
      })
      try {
        return await work({ source, client })
      } catch (error) {
        if (error instanceof FatalError && error.code === 'vendor_forbidden')
          await stopSource(db, source.dataSourceId, error.code)
        throw error
      } finally {
        await addTotals(claim, sent, job.log)
      }
    },
  }

  /** Totals are for people; a lost one does not fail the job. */
  async function addTotals(
    claim: Pick<Claim, 'dataSourceId' | 'lane'>,
    sent: readonly SentRequest[],
    log: Logger,
  ): Promise<void> {
    try {
      const nowMs = await now()
      for (const [endpoint, requests] of Map.groupBy(sent, (request) => request.endpoint)) {
        await countRequests(db, {
          dataSourceId: claim.dataSourceId,
          lane: claim.lane,
          endpoint,
          requests: requests.length,
          throttled: requests.filter(({ status }) => status === 429).length,
          failed: requests.filter(({ status }) => status !== 429 && (status < 200 || status >= 300)).length,
          nowMs,
        })
      }
    } catch (error) {
      log.warn({ event: 'totals_lost', err: error }, 'request totals could not be written')
    }
  }
}
export type Vendors = ReturnType<typeof openVendors>
