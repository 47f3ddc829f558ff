import type { CaptureKind } from '@wxcc/contracts/ledger'
import { type CaptureRow, type ExpectedBy, identifyCapture, moveCapture } from '@wxcc/db/capture'
import { type Claim, holdFence } from '@wxcc/db/fetch-claim'
import { lockTaskSources } from '@wxcc/db/task-source'
import type { CaptureWork } from './capture-work.ts'

/** A file that was found, in a listing or in a transcript. */
export interface FoundCapture {
  readonly taskId: string
  readonly kind: CaptureKind
  readonly sourceCaptureId: string
  readonly callType: string | null
  readonly by: ExpectedBy
}

/**
 * The row of a found capture, marked as being downloaded; undefined when it is stored already, or retention took it. Throws `FencedOff`. The task's
 * lock comes first: a mapper that counts what is still expected sees either the expectation or what became of it.
 */
export async function beginCapture(
  claim: Claim,
  found: FoundCapture,
  conversationStartMs: number,
  { db, now }: CaptureWork,
): Promise<CaptureRow | undefined> {
  const nowMs = await now()
  return db.transaction().execute(async (tx) => {
    await lockTaskSources(tx, claim.dataSourceId, [found.taskId])
    await holdFence(tx, claim)
    const { taskId, kind, sourceCaptureId, callType, by } = found
    const row = await identifyCapture(tx, {
      dataSourceId: claim.dataSourceId,
      taskId,
      conversationStartMs,
      kind,
      sourceCaptureId,
      callType,
      by,
      nowMs,
    })
    if (row.reason === 'capture_retention') return undefined
    const from = ['expected', 'downloading', 'not_available', 'expired', 'refused', 'corrupt'] as const
    return (await moveCapture(tx, { captureId: row.capture_id, from, to: 'downloading', nowMs })) ? row : undefined
  })
}
