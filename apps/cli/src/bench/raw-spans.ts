import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type Claim, claimFetch, finishFetch, newFetch } from '@wxcc/db/fetch-claim'
import type { Database } from '@wxcc/db/connect'
import { recordPage } from '@wxcc/db/raw-page'
import { rawPageKey } from '@wxcc/storage/keys'
import type { ObjectStore } from '@wxcc/storage/object-store'
import type { FullSelection } from './full-selection.ts'
import type { MeasuredSimulator } from './measured-simulator.ts'

const compress = promisify(gzip)

export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** Answers of the simulator for one span, as text. */
export interface SpanPages {
  readonly span: Span
  readonly csr: readonly string[]
  readonly car: readonly string[]
}

/** Asks for all tasks of a span with every field there is, CSRs and CARs apart, as the fetcher does. */
export async function askSpan(simulator: MeasuredSimulator, selection: FullSelection, span: Span): Promise<SpanPages> {
  const pagesOf = async (fields: string) => {
    const query = `query ($from: Long!, $to: Long!, $cursor: String) { taskDetails(from: $from, to: $to, pagination: { cursor: $cursor }) {
      tasks { ${fields} } pageInfo { hasNextPage endCursor } } }`
    const pages: string[] = []
    for (let cursor: string | undefined = 'NA'; cursor !== undefined;) {
      const page = await simulator.search(query, { from: span.fromMs, to: span.toMs, cursor })
      pages.push(page.text)
      cursor = page.next
    }
    return pages
  }
  return { span, csr: await pagesOf(selection.csr), car: await pagesOf(selection.car) }
}

/** Where a fetched span is put: the ledger and the store that a mapper reads. */
export interface SpanTarget {
  readonly db: Database
  readonly store: ObjectStore
  readonly dataSourceId: number
  readonly sourceKey: string
}

/** Stores the pages as a fetched span that waits for a mapper. Returns the fetch's id. */
export async function storeSpan(to: SpanTarget, pages: SpanPages): Promise<number> {
  const { db, dataSourceId } = to
  const nowMs = Date.now()
  const fetchId = await newFetch(db, {
    dataSourceId,
    kind: 'span',
    stream: 'task',
    range: pages.span,
    reason: 'history',
    lane: 'history',
    estimatedRequests: 1,
    nowMs,
  })
  await db.updateTable('etl.fetch').set({ state: 'queued', generation: 1 }).where('fetch_id', '=', fetchId).execute()
  const claim = await claimFetch(db, { fetchId, generation: 1, nowMs, leaseMs: 600_000 })
  if (claim === undefined) throw new Error(`fetch ${fetchId} could not be claimed`)
  for (const [pageNo, page] of pages.csr.entries()) await storePage(to, claim, 'csr', pageNo, page)
  for (const [pageNo, page] of pages.car.entries()) await storePage(to, claim, 'car', pages.csr.length + pageNo, page)
  await db.transaction().execute((tx) => finishFetch(tx, { claim, to: 'fetched', nowMs, requests: pages.csr.length }))
  return fetchId
}

async function storePage(to: SpanTarget, claim: Claim, recordKind: 'csr' | 'car', pageNo: number, page: string) {
  const bytes = await compress(page, { level: 1 })
  const sha256 = createHash('sha256').update(bytes).digest()
  const objectKey = rawPageKey({
    sourceKey: to.sourceKey,
    stream: 'task',
    fromMs: claim.fromMs!,
    fetchId: claim.fetchId,
    generation: 1,
    recordKind,
    pageNo,
  })
  await to.store.put(objectKey, bytes, { contentType: 'application/gzip', sha256 })
  await recordPage(to.db, {
    claim,
    recordKind,
    pageNo,
    objectKey,
    byteSize: bytes.length,
    sha256,
    recordCount: 250,
    trackingId: null,
    cursor: null,
    nowMs: Date.now(),
  })
}

interface Task {
  readonly id: string
  lastActivityTime?: number
  wrapupDuration?: number
  activities?: { readonly nodes: { eventName: string; duration: number; endedTime: number; isActive: boolean }[] }
}

/** The same span some time later: every `nth` task was touched again, its last wrap-up a second longer. */
export function touchSome(pages: SpanPages, nth: number): SpanPages {
  const isTouched = (id: string) => createHash('sha256').update(id).digest().readUInt32BE() % nth === 0
  const rewrite = (text: string, touch: (task: Task) => void) => {
    const answer = JSON.parse(text) as { data: { taskDetails: { tasks: Task[] } } }
    for (const task of answer.data.taskDetails.tasks) if (isTouched(task.id)) touch(task)
    return JSON.stringify(answer)
  }
  return {
    span: pages.span,
    csr: pages.csr.map((page) =>
      rewrite(page, (task) => {
        task.lastActivityTime = (task.lastActivityTime ?? 0) + 60_000
        task.wrapupDuration = (task.wrapupDuration ?? 0) + 1_000
      }),
    ),
    car: pages.car.map((page) =>
      rewrite(page, (task) => {
        const wrapUp = task.activities?.nodes.find((car) => car.eventName === 'WrapUp' && !car.isActive)
        if (wrapUp === undefined) return
        wrapUp.duration += 1_000
        wrapUp.endedTime += 1_000
      }),
    ),
  }
}
