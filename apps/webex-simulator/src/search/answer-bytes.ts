const FIRST_BYTES = 16_384
const CHUNK_BYTES = 262_144
/** UTF-8 spends no more on one unit of a JavaScript text. */
const MOST_BYTES_PER_UNIT = 3

/** Bytes of a list that grows row by row, `[row,row,…]`: pages of many megabytes never stand in memory as text. */
export class ListBytes {
  readonly #full: Buffer[] = []
  #chunk = Buffer.allocUnsafe(FIRST_BYTES)
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
      this.#chunk = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, most))
      this.#used = 0
    }
    this.#used += this.#chunk.write(text, this.#used)
  }
}
