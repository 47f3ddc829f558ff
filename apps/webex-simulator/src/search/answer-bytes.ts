/** Memory of answers. A page is several megabytes; left to the collector, many pages' worth would stand around. So it is used again. */
const FIRST_BYTES = 16_384
const CHUNK_BYTES = 262_144
/** UTF-8 spends no more on one unit of a JavaScript text. */
const MOST_BYTES_PER_UNIT = 3

/** Chunks no answer uses any more. */
const spareChunks: Buffer[] = []
const MOST_SPARE_CHUNKS = 64
/** Whole answers that were sent, each of a size that is a multiple of this. */
const spareWholes: Buffer[] = []
const MOST_SPARE_WHOLES = 4
const WHOLE_BYTES = 2 * 1024 * 1024

/** The whole answer in one piece. The pieces are used again: nobody may look at them afterwards. */
export function joinPieces(pieces: readonly Buffer[]): Buffer {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const whole = takeWhole(length)
  let at = 0
  for (const piece of pieces) at += piece.copy(whole, at)
  for (const { buffer, byteOffset } of pieces)
    if (byteOffset === 0 && buffer.byteLength === CHUNK_BYTES && spareChunks.length < MOST_SPARE_CHUNKS)
      spareChunks.push(Buffer.from(buffer, 0, CHUNK_BYTES))
  return whole
}

function takeWhole(length: number): Buffer {
  if (length < CHUNK_BYTES) return Buffer.allocUnsafe(length)
  const size = Math.ceil(length / WHOLE_BYTES) * WHOLE_BYTES
  const fitting = spareWholes.findIndex((spare) => spare.length >= size)
  const [whole = Buffer.from(new ArrayBuffer(size))] = fitting === -1 ? [] : spareWholes.splice(fitting, 1)
  return whole.subarray(0, length)
}

/** To be called when an answer has left, or will never leave; its bytes are then another's. */
export function giveBack({ buffer, byteLength }: Buffer): void {
  if (byteLength < CHUNK_BYTES || spareWholes.length >= MOST_SPARE_WHOLES) return
  if (buffer.byteLength % WHOLE_BYTES === 0) spareWholes.push(Buffer.from(buffer))
}

/** Bytes of a list that grows row by row, `[row,row,…]`: pages of many megabytes never stand in memory as text. */
export class ListBytes {
  readonly #full: Buffer[] = []
  #chunk: Buffer = Buffer.allocUnsafe(FIRST_BYTES)
  #used = 0
  #isEmpty = true

  add(row: string): void {
    this.#write(this.#isEmpty ? '[' : ',')
    this.#write(row)
    this.#isEmpty = false
  }

  /** The whole list in pieces; nothing may be added afterwards. */
  take(): readonly Buffer[] {
    this.#write(this.#isEmpty ? '[]' : ']')
    return [...this.#full, this.#chunk.subarray(0, this.#used)]
  }

  #write(text: string): void {
    const most = text.length * MOST_BYTES_PER_UNIT
    if (this.#used + most > this.#chunk.length) {
      this.#full.push(this.#chunk.subarray(0, this.#used))
      this.#chunk =
        most > CHUNK_BYTES ? Buffer.allocUnsafe(most) : (spareChunks.pop() ?? Buffer.from(new ArrayBuffer(CHUNK_BYTES)))
      this.#used = 0
    }
    this.#used += this.#chunk.write(text, this.#used)
  }
}
