import { RetryableError } from '@wxcc/contracts/failures'
import type { Outcome } from '@wxcc/contracts/outcome'
import { type CaptureRow, capturesOf } from '@wxcc/db/capture'
import { type Claim, finishFetch } from '@wxcc/db/fetch-claim'
import { type ListedCapture, MAX_URL_EXPIRATION_MINUTES, captures } from '@wxcc/webex/captures'
import type { CaptureWork } from './capture-work.ts'
import { concernsCapture, postponeCapture } from './postpone-capture.ts'
import { beginCaptures } from './begin-captures.ts'
import { fetchAttachments, storeCapture } from './store-capture.ts'

/**
 * Lists the captures of at most ten tasks and stores each that is not stored yet. Links live in memory only; one that expires meanwhile is asked
 * for once more. What fails for itself is postponed on its own row, so that one bad file does not hold up the others.
 */
export async function downloadCaptures(claim: Claim, work: CaptureWork): Promise<Outcome> {
  const known = await capturesOf(work.db, claim.dataSourceId, claim.taskIds)
  const startOf = new Map(known.map((row) => [row.task_id, row.conversation_start_time.getTime()]))
  const rowOf = new Map(known.map((row) => [identityOf(row.task_id, row.kind, row.source_capture_id), row]))
  const owesAttachments = new Set(
    known.filter((row) => row.kind === 'attachment' && isOpen(row)).map((row) => row.task_id),
  )

  const listed = await list(claim, work)
  const counts = { listed: listed.length, stored: 0, postponed: 0 }
  const wanted = listed.flatMap((capture) => {
    const conversationStartMs = startOf.get(capture.taskId)
    const isStored = rowOf.get(identityOf(capture.taskId, capture.kind, capture.sourceCaptureId))?.state === 'stored'
    return conversationStartMs === undefined || isStored
      ? []
      : [{ ...capture, conversationStartMs, by: 'listing' as const }]
  })
  const begun = await beginCaptures(claim, wanted, work)
  const storings = wanted.map((capture, at) => async () => {
    const row = begun[at]
    if (row === undefined) return
    const isDone = await storeOrPostpone(claim, row, capture, work)
    counts[isDone ? 'stored' : 'postponed'] += 1
  })
  // A stored transcript is read again for fresh links to the attachments that are still owed.
  const rereadings = listed
    .filter((capture) => capture.kind === 'transcript' && owesAttachments.has(capture.taskId))
    .flatMap((capture) => {
      const row = rowOf.get(identityOf(capture.taskId, capture.kind, capture.sourceCaptureId))
      return row?.state === 'stored' ? [() => work.fileLimit(() => fetchAttachments(claim, row, capture, work))] : []
    })
  const ends = await Promise.allSettled([...storings, ...rereadings].map((store) => store()))
  // All have ended when the first failure is told: nothing of this claim goes on after its row was given back.
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason

  const isListed = new Set(listed.map((one) => identityOf(one.taskId, one.kind, one.sourceCaptureId)))
  const tried = (await capturesOf(work.db, claim.dataSourceId, claim.taskIds)).filter(isOpen)
  for (const row of tried) {
    const isTried = row.kind === 'attachment' || isListed.has(identityOf(row.task_id, row.kind, row.source_capture_id))
    if (isTried || isWaiting(row, await work.now())) continue
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

/** Not due yet by its own schedule: this listing was for another capture of the task. */
function isWaiting(row: CaptureRow, nowMs: number): boolean {
  return row.not_before !== null && row.not_before.getTime() > nowMs
}

function identityOf(taskId: string, kind: string, sourceCaptureId: string | null): string {
  return `${taskId}/${kind}/${sourceCaptureId ?? ''}`
}
