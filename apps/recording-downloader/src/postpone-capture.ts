import type { FailureCode } from '@wxcc/contracts/failures'
import type { CaptureState } from '@wxcc/contracts/ledger'
import { type CaptureRow, moveCapture } from '@wxcc/db/capture'
import { type Claim, holdFence } from '@wxcc/db/fetch-claim'
import type { CaptureWork } from './capture-work.ts'
import { nextListingDelayMs } from './listing-schedule.ts'

/** Where a capture ends that failed for the last time. */
const END_STATES: Partial<Readonly<Record<FailureCode, CaptureState>>> = {
  capture_listing_empty: 'not_available',
  capture_link_expired: 'expired',
  capture_refused: 'refused',
  capture_incomplete: 'corrupt',
  capture_not_audio: 'corrupt',
}

/** Failures that say something about one capture; anything else concerns the whole job. */
export function concernsCapture(code: unknown): code is FailureCode {
  return typeof code === 'string' && Object.hasOwn(END_STATES, code)
}

/** The capture is asked for again later, or ends with its reason when its schedule is over. Throws `FencedOff`. */
export async function postponeCapture(
  claim: Claim,
  row: CaptureRow,
  code: FailureCode,
  { db, now }: CaptureWork,
): Promise<void> {
  const nowMs = await now()
  const attempts = row.attempts + 1
  // A sampled call need not have a recording: one look is enough.
  const isSample = row.expected_by === 'sample' && code === 'capture_listing_empty'
  const delayMs = isSample ? null : nextListingDelayMs(attempts)
  await db.transaction().execute(async (tx) => {
    await holdFence(tx, claim)
    await moveCapture(tx, {
      captureId: row.capture_id,
      from: ['expected', 'downloading'],
      to: delayMs === null ? (END_STATES[code] ?? 'refused') : 'expected',
      nowMs,
      set: {
        reason: isSample ? 'capture_sample_empty' : code,
        attempts,
        not_before: delayMs === null ? null : new Date(nowMs + delayMs),
        first_failed_at: row.first_failed_at ?? new Date(nowMs),
      },
    })
  })
}
