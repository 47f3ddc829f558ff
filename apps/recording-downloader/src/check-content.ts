import { open, readFile, stat } from 'node:fs/promises'
import { RetryableError } from '@wxcc/contracts/failures'
import { parseFile } from 'music-metadata'

export interface AudioFacts {
  readonly codec: string | null
  readonly channels: number | null
  readonly sampleRateHz: number | null
  readonly durationMs: number | null
}

export const NO_AUDIO: AudioFacts = { codec: null, channels: null, sampleRateHz: null, durationMs: null }

/** Reads what an audio file says about itself. Throws `capture_not_audio` for anything else, such as an error page sent with status 200. */
export async function probeAudio(file: string): Promise<AudioFacts> {
  await checkRiffLength(file)
  const format = await parseFile(file, { duration: true, skipCovers: true }).then(
    (metadata) => metadata.format,
    () => undefined,
  )
  if (format?.container === undefined || format.sampleRate === undefined) throw new RetryableError('capture_not_audio')
  return {
    codec: format.codec ?? null,
    channels: format.numberOfChannels ?? null,
    sampleRateHz: format.sampleRate,
    durationMs: format.duration === undefined ? null : Math.round(format.duration * 1_000),
  }
}

/** A transcript is JSON, in one of several forms that the mapper tells apart. Throws `capture_incomplete` if it does not parse. */
export async function readTranscript(file: string): Promise<unknown> {
  try {
    return JSON.parse((await readFile(file, 'utf8')).replace(/^\uFEFF/, ''))
  } catch {
    throw new RetryableError('capture_incomplete', { detail: 'not JSON' })
  }
}

/** Sizes a WAV writer leaves behind when it could not know the length. */
const UNKNOWN_RIFF_SIZES: ReadonlySet<number> = new Set([0, 0xff_ff_ff_ff])

/** A WAV names its own length in bytes 4-7. Throws `capture_incomplete` if the file is shorter, although it arrived as declared. */
async function checkRiffLength(file: string): Promise<void> {
  const head = Buffer.alloc(8)
  const handle = await open(file, 'r')
  try {
    await handle.read(head, 0, 8, 0)
  } finally {
    await handle.close()
  }
  if (head.toString('latin1', 0, 4) !== 'RIFF') return
  const riffSize = head.readUInt32LE(4)
  const { size } = await stat(file)
  if (!UNKNOWN_RIFF_SIZES.has(riffSize) && riffSize + 8 > size) {
    throw new RetryableError('capture_incomplete', { detail: `${size} of ${riffSize + 8} bytes` })
  }
}
