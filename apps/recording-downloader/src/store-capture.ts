import type { CaptureRow } from '@wxcc/db/capture'
import type { Claim } from '@wxcc/db/fetch-claim'
import { recordingKey, transcriptKey } from '@wxcc/storage/keys'
import { ATTRIBUTES, SPANS } from '@wxcc/telemetry/names'
import { inSpan } from '@wxcc/telemetry/trace'
import type { ListedCapture } from '@wxcc/webex/captures'
import { agentChannel, audioFindings } from './audio-findings.ts'
import type { CaptureWork } from './capture-work.ts'
import { NO_AUDIO, probeAudio, readTranscript } from './check-content.ts'
import { downloadFile } from './download-file.ts'
import { type VerifiedFile, bookFile, putFile } from './keep-file.ts'
import { storeAttachments } from './store-attachments.ts'

/**
 * Spools, verifies and stores one listed file; the row comes last, when the next file has its place already. Attachments of a transcript are stored
 * before it: once its row says `stored`, nothing of it is left to do. Nothing unverified enters the store. Throws `FencedOff`, or the failures of
 * downloading, checking and storing.
 */
export async function storeCapture(
  claim: Claim,
  row: CaptureRow,
  listed: ListedCapture,
  work: CaptureWork,
): Promise<void> {
  const about = { [ATTRIBUTES.kind]: listed.kind, [ATTRIBUTES.fetchId]: claim.fetchId }
  await inSpan(SPANS.captureStore, about, async () => {
    const kept = await work.fileLimit(() => putCapture(claim, row, listed, work))
    await bookFile(claim, row, kept, work)
  })
}

async function putCapture(
  claim: Claim,
  row: CaptureRow,
  listed: ListedCapture,
  work: CaptureWork,
): Promise<VerifiedFile> {
  const isRecording = listed.kind === 'recording'
  const slot = work.spool.open()
  try {
    const { byteSize, sha256, contentType: declaredType } = await downloadFile(listed.url, slot, work.signal)
    const audio = isRecording ? await probeAudio(slot.file) : NO_AUDIO
    if (!isRecording) await storeAttachments(claim, row, listed, await readTranscript(slot.file), work)

    const { channel1, channel2, startMs, endMs, callType, source, languageCode } = listed
    const kept: VerifiedFile = {
      file: slot.file,
      objectKey: (isRecording ? recordingKey : transcriptKey)({
        sourceKey: work.source.key,
        conversationStartMs: row.conversation_start_time.getTime(),
        taskId: listed.taskId,
        captureId: listed.sourceCaptureId,
      }),
      byteSize,
      sha256,
      contentType: isRecording ? 'audio/wav' : 'application/json',
      audio,
      agentChannel: isRecording ? agentChannel(audio, listed) : null,
      findings: isRecording ? audioFindings(audio, listed, declaredType) : [],
      channel1,
      channel2,
      startMs,
      endMs,
      attributes: { callType, source, languageCode },
    }
    await putFile(kept, work)
    return kept
  } finally {
    await slot.release()
  }
}

/** Attachments that an earlier reading of a stored transcript could not get. */
export async function fetchAttachments(
  claim: Claim,
  row: CaptureRow,
  listed: ListedCapture,
  work: CaptureWork,
): Promise<void> {
  const slot = work.spool.open()
  try {
    await downloadFile(listed.url, slot, work.signal)
    await storeAttachments(claim, row, listed, await readTranscript(slot.file), work)
  } finally {
    await slot.release()
  }
}
