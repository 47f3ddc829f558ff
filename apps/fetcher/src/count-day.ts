import { type FailureCode, FatalError, RetryableError } from '@wxcc/contracts/failures'
import type { Stream } from '@wxcc/contracts/ledger'
import type { Outcome } from '@wxcc/contracts/outcome'
import { DAY_MS } from '@wxcc/contracts/window'
import { confirmTaskLegs } from '@wxcc/db/data-source'
import { type Claim, finishFetch } from '@wxcc/db/fetch-claim'
import { recordCensus, recordDayCounts } from '@wxcc/db/load-window'
import { keepPlannersOut } from '@wxcc/db/planning/planner-transaction'
import { type Census, type CountedWindow, countDays, countWindows } from '@wxcc/webex/count-windows'
import type { FetchWork } from './fetch-work.ts'

interface Asked {
  readonly stream: Stream
  readonly fromMs: number
  readonly toMs: number
}

/**
 * The census: the vendor's own count of a stream, written in the transaction that ends the fetch. Up to one day is counted per quarter hour;
 * a longer range is the long watch, counted per day.
 */
export async function countDay(claim: Claim, work: FetchWork): Promise<Outcome> {
  const { stream, fromMs, toMs, fetchId, dataSourceId } = claim
  if (stream === null || fromMs === null || toMs === null) throw new RangeError('a census has a stream and a range')
  const isAsking = stream === 'task_leg' && work.source.taskLegs === 'ask'
  // Before the request: a record that appears while it runs is younger than the census.
  const countedAtMs = await work.now()
  const asked: Asked = { stream, fromMs, toMs }
  const isWatch = toMs - fromMs > DAY_MS
  const { counts, write } = isWatch ? await askDays(work, asked) : await askWindows(work, asked, isAsking)
  const nowMs = await work.now()
  await work.db.transaction().execute(async (tx) => {
    await keepPlannersOut(tx)
    await finishFetch(tx, { claim, to: 'done', nowMs, requests: work.requests() })
    await write(tx, { dataSourceId, stream, countedAtMs, fetchId })
    if (isAsking && counts.some(({ count }) => count > 0)) await confirmTaskLegs(tx, dataSourceId)
  })
  return {
    kind: 'done',
    counts: { windows: counts.length, records: counts.reduce((sum, { count }) => sum + count, 0) },
  }
}

type Transaction = Parameters<typeof recordCensus>[0]
type Named = { dataSourceId: number; stream: Stream; countedAtMs: number; fetchId: number }

async function askWindows(work: FetchWork, { stream, fromMs, toMs }: Asked, isAsking: boolean) {
  const day = { stream, dayFromMs: fromMs, dayToMs: toMs }
  const census = await (isAsking ? countIfAny(work, day) : countWindows(work.client, day))
  return {
    counts: census.counts,
    write: (tx: Transaction, named: Named) => recordCensus(tx, { ...named, ...day, ...census }),
  }
}

async function askDays(work: FetchWork, asked: Asked) {
  const census = await countDays(work.client, asked)
  return {
    counts: census.counts,
    write: (tx: Transaction, named: Named) => recordDayCounts(tx, { ...named, ...asked, ...census }),
  }
}

/** How the vendor may say that an organisation has no such records; which of them it says is not documented (webex-cc-api §3.10.5). */
const REFUSALS: ReadonlySet<FailureCode> = new Set([
  'vendor_graphql_error',
  'vendor_bad_request',
  'vendor_forbidden',
  'vendor_not_found',
])

/** A refusal counts as none: it must not stop a source whose other records are served. */
async function countIfAny(work: FetchWork, day: Parameters<typeof countWindows>[1]): Promise<Census<CountedWindow>> {
  try {
    return await countWindows(work.client, day)
  } catch (error) {
    const isRefusal = (error instanceof FatalError || error instanceof RetryableError) && REFUSALS.has(error.code)
    if (isRefusal) return { counts: [], trackingIds: [] }
    throw error
  }
}
