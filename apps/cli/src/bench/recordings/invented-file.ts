import { createHash } from 'node:crypto'
import { fileOfTask } from './invented-task.ts'

const HEADER_BYTES = 44
/** Long enough that no piece is served twice within a socket's buffer. */
const BLOCK = noise(1_048_576)
const PIECE_BYTES = 65_536

/** The bytes of a task's recording from `offset` on: a stereo WAV of 8 kHz whose samples are noise, another one for every task. */
export function* bytesFrom(taskId: string, offset: number): Generator<Buffer, undefined> {
  const { serial, byteSize } = fileOfTask(taskId)
  if (offset < HEADER_BYTES) yield headerOf(byteSize).subarray(offset)
  let at = Math.max(offset, HEADER_BYTES)
  while (at < byteSize) {
    // The same place of the file always holds the same bytes, wherever reading began.
    const inBlock = (at + serial * 4_099) % BLOCK.length
    const length = Math.min(PIECE_BYTES, BLOCK.length - inBlock, byteSize - at)
    yield BLOCK.subarray(inBlock, inBlock + length)
    at += length
  }
  return undefined
}

export function etagOf(taskId: string): string {
  return `"${createHash('md5').update(taskId).digest('hex')}"`
}

/** What must lie in the store. */
export function hashOf(taskId: string): string {
  const hash = createHash('sha256')
  for (const piece of bytesFrom(taskId, 0)) hash.update(piece)
  return hash.digest('hex')
}

function headerOf(byteSize: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(byteSize - 8, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(2, 22)
  header.writeUInt32LE(8_000, 24)
  header.writeUInt32LE(32_000, 28)
  header.writeUInt16LE(4, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(byteSize - HEADER_BYTES, 40)
  return header
}

/** The same noise in every process. */
function noise(bytes: number): Buffer {
  const block = Buffer.alloc(bytes)
  let digest = createHash('sha256').update('wxcc').digest()
  for (let at = 0; at < bytes; at += digest.length) {
    digest = createHash('sha256').update(digest).digest()
    digest.copy(block, at)
  }
  return block
}
