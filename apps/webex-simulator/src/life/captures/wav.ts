import { randomFor } from '../random.ts'

/** PCM 16-bit, 8 kHz, two channels unless told otherwise: the vendor's codec is unconfirmed (webex-cc-api §4.2). */
const SAMPLES_PER_MS = 8
const BYTES_PER_SAMPLE = 2
type Channels = 1 | 2
const HEADER_BYTES = 44
const TABLE_SIZE = 1024
const SINE = Int16Array.from({ length: TABLE_SIZE }, (_, at) =>
  Math.round(9000 * Math.sin((2 * Math.PI * at) / TABLE_SIZE)),
)

const wavSizeBytes = (durationMs: number, channels: Channels) =>
  HEADER_BYTES + durationMs * SAMPLES_PER_MS * BYTES_PER_SAMPLE * channels

/**
 * Two voices taking turns: each has its own pitch and channel (or both the one there is), syllables of some 120-250 ms, and is silent while the other
 * speaks. Always the same for the same `seed`.
 */
export function makeWav(seed: string, durationMs: number, channels: Channels = 2): Buffer {
  const frames = durationMs * SAMPLES_PER_MS
  const wav = Buffer.alloc(wavSizeBytes(durationMs, channels))
  writeHeader(wav, frames, channels)
  const samples = new Int16Array(wav.buffer, wav.byteOffset + HEADER_BYTES, frames * channels)
  const random = randomFor(seed, 'voice')
  const pitches = [random.between(95, 140), random.between(170, 240)].map((hertz) =>
    Math.round((hertz * TABLE_SIZE * 256) / 8000),
  )
  let speaker = random.between(0, 1)
  for (let at = 0; at < frames;) {
    const syllable = Math.min(frames - at, random.between(120, 250) * SAMPLES_PER_MS)
    const loudness = random.between(40, 120)
    const pitch = Math.round(pitches[speaker]! * (0.9 + random.next() * 0.25))
    for (let within = 0; within < syllable; within++) {
      const envelope = Math.min(within, syllable - within, 400)
      samples[(at + within) * channels + (channels === 1 ? 0 : speaker)] =
        (SINE[((within * pitch) >> 8) & (TABLE_SIZE - 1)]! * loudness * envelope) / 64_000
    }
    at += syllable
    if (random.chance(0.25)) speaker = 1 - speaker
  }
  return wav
}

/** A piece of a file of `makeWav`, by milliseconds from its beginning. */
export function cutWav(wav: Buffer, fromMs: number, toMs: number): Buffer {
  const channels = wav.readUInt16LE(22) === 1 ? 1 : 2
  const piece = Buffer.alloc(wavSizeBytes(toMs - fromMs, channels))
  writeHeader(piece, (toMs - fromMs) * SAMPLES_PER_MS, channels)
  wav.copy(piece, HEADER_BYTES, wavSizeBytes(fromMs, channels), wavSizeBytes(toMs, channels))
  return piece
}

function writeHeader(wav: Buffer, frames: number, channels: Channels): void {
  const bytesPerFrame = BYTES_PER_SAMPLE * channels
  const dataBytes = frames * bytesPerFrame
  wav.write('RIFF', 0, 'latin1')
  wav.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4)
  wav.write('WAVEfmt ', 8, 'latin1')
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(channels, 22)
  wav.writeUInt32LE(8000, 24)
  wav.writeUInt32LE(8000 * bytesPerFrame, 28)
  wav.writeUInt16LE(bytesPerFrame, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36, 'latin1')
  wav.writeUInt32LE(dataBytes, 40)
}
