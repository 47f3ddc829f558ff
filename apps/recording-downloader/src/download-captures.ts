import { RetryableError } from '@wxcc/contracts/failures'
import type { Outcome } from '@wxcc/contracts/outcome'
import { type CaptureRow, capturesOf } from '@wxcc/db/capture'
import { type Claim, finishFetch } from '@wxcc/db/fetch-claim'
import { type ListedCapture, MAX_URL_EXPIRATION_MINUTES, captures } from '@wxcc/webex/captures'
import type { CaptureWork } from './capture-work.ts'
import { concernsCapture, postponeCapture } from './postpone-capture.ts'
import { beginCapture, storeCapture } from './store-capture.ts'

/**
 * Lists the captures of at most ten tasks and stores each that is not stored yet. Links live in memory only; one that expires meanwhile is asked
 * for once more. What fails for itself is postponed on its own row, so that one bad file does not hold up the others.
 */
export async function downloadCaptures(claim: Claim, work: CaptureWork): Promise<Outcome> {
  const known = await capturesOf(work.db, claim.dataSourceId, claim.taskIds)
  const startOf = new Map(known.map((row) => [row.task_id, row.conversation_start_time.getTime()]))
  const isStored = new Set(
    known
      .filter((row) => row.state === 'stored')
      .map((row) => identityOf(row.task_id, row.kind, row.source_capture_id)),
  )

  const listed = await list(claim, work)
  const counts = { listed: listed.length, stored: 0, postponed: 0 }
  for (const capture of listed) {
    const startMs = startOf.get(capture.taskId)
    if (startMs === undefined || isStored.has(identityOf(capture.taskId, capture.kind, capture.sourceCaptureId)))
      continue
    const row = await beginCapture(claim, capture, startMs, work)
    if (row === undefined) continue
    const isDone = await storeOrPostpone(claim, row, capture, work)
    counts[isDone ? 'stored' : 'postponed'] += 1
  }

  const isListed = new Set(listed.map(({ taskId, kind }) => `${taskId}/${kind}`))
  const unlisted = known.filter((row) => isOpen(row) && !isListed.has(`${row.task_id}/${row.kind}`))
  for (const row of unlisted) {
    await postponeCapture(claim, row, 'capture_listing_empty', work)
    counts.postponed += 1
  }

  const nowMs = await work.now()
  await work.db.transaction().execute((tx) => finishFetch(tx, { claim, to: 'done', nowMs, requests: work.requests() }))
  return { kind: 'done', counts }
}

async function storeOrPostpone(
  claim: Claim,
  row: CaptureRow,
  capture: ListedCapture,
  work: CaptureWork,
): Promise<boolean> {
  try {
    await storeWithFreshLink(claim, row, capture, work)
    return true
  } catch (error) {
    if (!(error instanceof RetryableError) || !concernsCapture(error.code) || work.signal.aborted) throw error
    await postponeCapture(claim, row, error.code, work)
    return false
  }
}

async function storeWithFreshLink(
  claim: Claim,
  row: CaptureRow,
  capture: ListedCapture,
  work: CaptureWork,
): Promise<void> {
  try {
    await storeCapture(claim, row, capture, work)
  } catch (error) {
    if (!(error instanceof RetryableError) || error.code !== 'capture_link_expired' || work.signal.aborted) throw error
    const isSame = (one: ListedCapture) =>
      identityOf(one.taskId, one.kind, one.sourceCaptureId) ===
      identityOf(capture.taskId, capture.kind, capture.sourceCaptureId)
    const fresh = (await list(claim, work, [capture.taskId])).find(isSame)
    if (fresh === undefined) throw error
    await storeCapture(claim, row, fresh, work)
  }
}

function list(claim: Claim, { client }: CaptureWork, taskIds = claim.taskIds): Promise<ListedCapture[]> {
  return captures(client, { taskIds, urlExpirationMinutes: MAX_URL_EXPIRATION_MINUTES })
}

function isOpen(row: CaptureRow): boolean {
  return row.state === 'expected' || row.state === 'downloading'
}

function identityOf(taskId: string, kind: string, sourceCaptureId: string | null): string {
  return `${taskId}/${kind}/${sourceCaptureId ?? ''}`
}
