import { mapTranscript } from '@wxcc/contracts/map-transcript'
import { type CaptureRow, identifyCapture, moveCapture } from '@wxcc/db/capture'
import { type Claim, holdFence } from '@wxcc/db/fetch-claim'
import { recordingKey, transcriptKey } from '@wxcc/storage/keys'
import { countCaptureBytes } from '@wxcc/telemetry/metrics'
import { ATTRIBUTES, SPANS } from '@wxcc/telemetry/names'
import { inSpan } from '@wxcc/telemetry/trace'
import type { ListedCapture } from '@wxcc/webex/captures'
import type { CaptureWork } from './capture-work.ts'
import { type AudioFacts, checkTranscript, probeAudio } from './check-content.ts'
import { downloadFile } from './download-file.ts'

const NO_AUDIO: AudioFacts = { codec: null, channels: null, sampleRateHz: null, durationMs: null }

/** The row of a listed capture, marked as being downloaded; undefined when it is stored already. Throws `FencedOff`. */
export async function beginCapture(
  claim: Claim,
  listed: ListedCapture,
  conversationStartMs: number,
  { db, now }: CaptureWork,
): Promise<CaptureRow | undefined> {
  const nowMs = await now()
  return db.transaction().execute(async (tx) => {
    await holdFence(tx, claim)
    const { taskId, kind, sourceCaptureId } = listed
    const row = await identifyCapture(tx, {
      dataSourceId: claim.dataSourceId,
      taskId,
      conversationStartMs,
      kind,
      sourceCaptureId,
      nowMs,
    })
    const from = ['expected', 'downloading', 'not_available', 'expired', 'refused', 'corrupt'] as const
    return (await moveCapture(tx, { captureId: row.capture_id, from, to: 'downloading', nowMs })) ? row : undefined
  })
}

/**
 * Spools, verifies and stores one file; the row comes last, and the mapper is told after its commit. Nothing unverified enters the store. Throws
 * `FencedOff`, or the failures of downloading, checking and storing.
 */
export async function storeCapture(
  claim: Claim,
  row: CaptureRow,
  listed: ListedCapture,
  work: CaptureWork,
): Promise<void> {
  const slot = work.spool.open()
  try {
    await inSpan(
      SPANS.captureStore,
      { [ATTRIBUTES.kind]: listed.kind, [ATTRIBUTES.fetchId]: claim.fetchId },
      async () => {
        const isRecording = listed.kind === 'recording'
        const { byteSize, sha256 } = await downloadFile(listed.url, slot, work.signal)
        const audio = isRecording ? await probeAudio(slot.file) : NO_AUDIO
        if (!isRecording) await checkTranscript(slot.file)

        const contentType = isRecording ? 'audio/wav' : 'application/json'
        const objectKey = (isRecording ? recordingKey : transcriptKey)({
          sourceKey: work.source.key,
          conversationStartMs: row.conversation_start_time.getTime(),
          taskId: listed.taskId,
          captureId: listed.sourceCaptureId,
        })
        await work.objects.put(objectKey, { file: slot.file, byteSize }, { contentType, sha256 })
        const generation = await markStored(claim, row, listed, work, {
          objectKey,
          byteSize,
          sha256,
          contentType,
          audio,
        })
        countCaptureBytes(listed.kind, byteSize)
        if (generation !== undefined)
          await work.queues.enqueue(mapTranscript, { captureId: row.capture_id, generation })
      },
    )
  } finally {
    await slot.release()
  }
}

interface StoredFile {
  readonly objectKey: string
  readonly byteSize: number
  readonly sha256: Buffer
  readonly contentType: string
  readonly audio: AudioFacts
}

/** Answers the map generation that is now due; undefined when another worker stored the capture first. */
async function markStored(
  claim: Claim,
  row: CaptureRow,
  listed: ListedCapture,
  { db, now }: CaptureWork,
  file: StoredFile,
): Promise<number | undefined> {
  const nowMs = await now()
  const at = new Date(nowMs)
  const timeOf = (ms: number | null) => (ms === null ? null : new Date(ms))
  return db.transaction().execute(async (tx) => {
    await holdFence(tx, claim)
    const isMoved = await moveCapture(tx, {
      captureId: row.capture_id,
      from: ['downloading'],
      to: 'stored',
      nowMs,
      set: {
        reason: null,
        not_before: null,
        object_key: file.objectKey,
        byte_size: file.byteSize,
        sha256: file.sha256,
        content_type: file.contentType,
        codec: file.audio.codec,
        audio_channels: file.audio.channels,
        sample_rate_hz: file.audio.sampleRateHz,
        duration_ms: file.audio.durationMs,
        channel_1_participant: listed.channel1,
        channel_2_participant: listed.channel2,
        start_time: timeOf(listed.startMs),
        end_time: timeOf(listed.endMs),
        stored_at: at,
      },
    })
    if (!isMoved) return undefined
    const { callType, source, languageCode } = listed
    const { map_generation } = await tx
      .updateTable('etl.capture')
      .set((eb) => ({
        fetch_id: claim.fetchId,
        attributes: JSON.stringify({ callType, source, languageCode }),
        map_generation: eb('map_generation', '+', 1),
        map_queued_at: at,
      }))
      .where('capture_id', '=', row.capture_id)
      .returning('map_generation')
      .executeTakeFirstOrThrow()
    return map_generation
  })
}
