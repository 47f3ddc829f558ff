const FIRST_BYTES = 16_384
/** UTF-8 spends no more on one unit of a JavaScript text. */
const MOST_BYTES_PER_UNIT = 3

/** Bytes of an answer that grows row by row: pages of many megabytes never stand in memory as text. */
export class AnswerBytes {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES)
  #length = 0

  add(text: string): void {
    const needed = this.#length + text.length * MOST_BYTES_PER_UNIT
    if (needed > this.#bytes.length) this.#grow(needed)
    this.#length += this.#bytes.write(text, this.#length)
  }

  /** All that was added, without a copy: nothing may be added afterwards. */
  take(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}

/** `[row,row,…]` */
export class ListBytes {
  readonly #bytes = new AnswerBytes()
  #isEmpty = true

  add(row: string): void {
    this.#bytes.add(this.#isEmpty ? '[' : ',')
    this.#bytes.add(row)
    this.#isEmpty = false
  }

  take(): Buffer {
    this.#bytes.add(this.#isEmpty ? '[]' : ']')
    return this.#bytes.take()
  }
}
