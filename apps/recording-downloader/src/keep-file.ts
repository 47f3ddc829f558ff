import { mapTranscript } from '@wxcc/contracts/map-transcript'
import { type CaptureRow, storeCaptureRow } from '@wxcc/db/capture'
import type { Claim } from '@wxcc/db/fetch-claim'
import { countCaptureBytes } from '@wxcc/telemetry/metrics'
import type { CaptureFinding } from './audio-findings.ts'
import type { CaptureWork } from './capture-work.ts'
import type { AudioFacts } from './check-content.ts'

/** A spooled file that was found to be what it should be. */
export interface VerifiedFile {
  readonly file: string
  readonly objectKey: string
  readonly byteSize: number
  readonly sha256: Buffer
  readonly contentType: string
  readonly audio: AudioFacts
  readonly agentChannel: 1 | 2 | null
  readonly findings: readonly CaptureFinding[]
  readonly channel1: string | null
  readonly channel2: string | null
  readonly startMs: number | null
  readonly endMs: number | null
  readonly attributes: Readonly<Record<string, string | null>>
}

/** One PUT of known length, confirmed by the store. */
export function putFile(kept: VerifiedFile, { objects }: CaptureWork): Promise<void> {
  const { objectKey, byteSize, sha256, contentType } = kept
  return objects.put(objectKey, { file: kept.file, byteSize }, { contentType, sha256 })
}

/** The row of a file that lies in the store; after its commit the mapper is told. Throws `FencedOff`. */
export async function bookFile(claim: Claim, row: CaptureRow, kept: VerifiedFile, work: CaptureWork): Promise<void> {
  const generation = await markStored(claim, row, kept, work)
  countCaptureBytes(row.kind, kept.byteSize)
  if (generation !== undefined) await work.queues.enqueue(mapTranscript, { captureId: row.capture_id, generation })
}

/** Answers the map generation that is now due; undefined when another worker stored the capture first. */
async function markStored(
  claim: Claim,
  row: CaptureRow,
  kept: VerifiedFile,
  { db, now }: CaptureWork,
): Promise<number | undefined> {
  const nowMs = await now()
  const timeOf = (ms: number | null) => (ms === null ? null : new Date(ms))
  return storeCaptureRow(db, {
    claim,
    captureId: row.capture_id,
    attributes: kept.attributes,
    nowMs,
    set: {
      object_key: kept.objectKey,
      byte_size: kept.byteSize,
      sha256: kept.sha256,
      content_type: kept.contentType,
      codec: kept.audio.codec,
      audio_channels: kept.audio.channels,
      sample_rate_hz: kept.audio.sampleRateHz,
      duration_ms: kept.audio.durationMs,
      channel_1_participant: kept.channel1,
      channel_2_participant: kept.channel2,
      agent_channel: kept.agentChannel,
      findings: [...row.findings, ...kept.findings.filter((finding) => !row.findings.includes(finding))],
      start_time: timeOf(kept.startMs),
      end_time: timeOf(kept.endMs),
    },
  })
}
