import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { RetryableError } from '@wxcc/contracts/failures'
import { type CaptureRow, capturesOf, moveCapture } from '@wxcc/db/capture'
import { type Claim, holdFence } from '@wxcc/db/fetch-claim'
import { attachmentKey } from '@wxcc/storage/keys'
import type { ListedCapture } from '@wxcc/webex/captures'
import { type NamedAttachment, isSameStorage, namedAttachments } from './attachments.ts'
import { beginCaptures } from './begin-captures.ts'
import type { CaptureWork } from './capture-work.ts'
import { NO_AUDIO } from './check-content.ts'
import { downloadFile } from './download-file.ts'
import { type VerifiedFile, bookFile, putFile } from './keep-file.ts'
import { concernsCapture, postponeCapture } from './postpone-capture.ts'
import type { SpoolSlot } from './spool.ts'

/** A type we pass on to readers of the store; anything else is bytes. */
const TYPE = /^[\w.+-]+\/[\w.+-]+$/

/**
 * Every attachment that a transcript names has a row: stored, to be asked for again, or not available since the vendor gives no file. Those stored
 * already are left alone.
 */
export async function storeAttachments(
  claim: Claim,
  transcript: CaptureRow,
  listed: ListedCapture,
  content: unknown,
  work: CaptureWork,
): Promise<void> {
  const named = namedAttachments(content)
  if (named.length === 0) return
  const known = await capturesOf(work.db, claim.dataSourceId, [listed.taskId])
  const isSettled = new Set(
    known
      .filter((row) => row.state === 'stored' || row.reason === 'capture_not_included')
      .map((row) => row.source_capture_id),
  )
  for (const attachment of named) {
    const sourceCaptureId = `${listed.sourceCaptureId}:${attachment.id}`
    if (isSettled.has(sourceCaptureId)) continue
    const found = {
      taskId: listed.taskId,
      conversationStartMs: transcript.conversation_start_time.getTime(),
      kind: 'attachment',
      sourceCaptureId,
      callType: null,
      by: 'transcript',
    } as const
    const [row] = await beginCaptures(claim, [found], work)
    if (row === undefined) continue
    try {
      await storeAttachment(claim, row, attachment, listed.url, work)
    } catch (error) {
      if (!(error instanceof RetryableError) || !concernsCapture(error.code) || work.signal.aborted) throw error
      await postponeCapture(claim, row, error.code, work)
    }
  }
}

async function storeAttachment(
  claim: Claim,
  row: CaptureRow,
  attachment: NamedAttachment,
  transcriptUrl: string,
  work: CaptureWork,
): Promise<void> {
  const slot = work.spool.open()
  try {
    const file = await spoolAttachment(attachment, slot, transcriptUrl, work.signal)
    if (file === undefined) return await giveUp(claim, row, work)
    const { contentType } = attachment
    const kept: VerifiedFile = {
      ...file,
      file: slot.file,
      objectKey: attachmentKey({
        sourceKey: work.source.key,
        conversationStartMs: row.conversation_start_time.getTime(),
        taskId: row.task_id,
        captureId: row.source_capture_id!,
      }),
      contentType: contentType !== null && TYPE.test(contentType) ? contentType : 'application/octet-stream',
      audio: NO_AUDIO,
      agentChannel: null,
      findings: [],
      channel1: null,
      channel2: null,
      startMs: null,
      endMs: null,
      attributes: {},
    }
    await putFile(kept, work)
    await bookFile(claim, row, kept, work)
  } finally {
    await slot.release()
  }
}

/** Undefined when there is neither a file nor a link to the vendor's storage. */
async function spoolAttachment(
  { bytes, url }: NamedAttachment,
  slot: SpoolSlot,
  transcriptUrl: string,
  signal: AbortSignal,
): Promise<{ readonly byteSize: number; readonly sha256: Buffer } | undefined> {
  if (bytes !== null) {
    await slot.reserve(bytes.length, signal)
    await writeFile(slot.file, bytes)
    return { byteSize: bytes.length, sha256: createHash('sha256').update(bytes).digest() }
  }
  if (url === null || !isSameStorage(url, transcriptUrl)) return undefined
  return downloadFile(url, slot, signal)
}

async function giveUp(claim: Claim, row: CaptureRow, { db, now }: CaptureWork): Promise<void> {
  const nowMs = await now()
  await db.transaction().execute(async (tx) => {
    await holdFence(tx, claim)
    await moveCapture(tx, {
      captureId: row.capture_id,
      from: ['downloading'],
      to: 'not_available',
      nowMs,
      set: { reason: 'capture_not_included', not_before: null },
    })
  })
}
