import { open, readFile } from 'node:fs/promises'
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
  const wav = await readWav(file)
  if (wav !== undefined) return wav
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
const UNKNOWN_SIZES: ReadonlySet<number> = new Set([0, 0xff_ff_ff_ff])
/** Formats of which the header tells everything, by their WAVE format tag. */
const PLAIN_CODECS: Readonly<Record<number, string>> = { 1: 'PCM', 6: 'ALAW', 7: 'MULAW' }
/** Head of a WAV whose `fmt ` and `data` chunks come first, as all plain ones have. */
const WAV_HEAD_BYTES = 44

/**
 * A plain WAV tells what it is in its first bytes; undefined for anything else, which is left to the probe. It also names its own length: throws
 * `capture_incomplete` if the file is shorter, although it arrived as declared.
 */
async function readWav(file: string): Promise<AudioFacts | undefined> {
  const head = Buffer.alloc(WAV_HEAD_BYTES)
  const handle = await open(file, 'r')
  let size: number
  try {
    await handle.read(head, 0, WAV_HEAD_BYTES, 0)
    size = (await handle.stat()).size
  } finally {
    await handle.close()
  }
  const textAt = (from: number) => head.toString('latin1', from, from + 4)
  if (textAt(0) !== 'RIFF') return undefined
  const riffSize = head.readUInt32LE(4)
  if (!UNKNOWN_SIZES.has(riffSize) && riffSize + 8 > size) {
    throw new RetryableError('capture_incomplete', { detail: `${size} of ${riffSize + 8} bytes` })
  }
  const [codec, channels, sampleRateHz] = [
    PLAIN_CODECS[head.readUInt16LE(20)],
    head.readUInt16LE(22),
    head.readUInt32LE(24),
  ]
  const [bytesPerSecond, dataSize] = [head.readUInt32LE(28), head.readUInt32LE(40)]
  const isPlain = textAt(8) === 'WAVE' && textAt(12) === 'fmt ' && head.readUInt32LE(16) === 16 && textAt(36) === 'data'
  if (!isPlain || codec === undefined || UNKNOWN_SIZES.has(dataSize) || dataSize > size - WAV_HEAD_BYTES)
    return undefined
  if (channels === 0 || sampleRateHz === 0 || bytesPerSecond === 0) return undefined
  return { codec, channels, sampleRateHz, durationMs: Math.round((dataSize / bytesPerSecond) * 1_000) }
}
