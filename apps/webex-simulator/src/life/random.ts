import { hash } from 'node:crypto'

/** One stream of chance. Streams are named by what they decide, so that asking for more life never moves what already happened. */
export interface Random {
  /** [0, 1) */
  next(): number
  /** Whole number in [low, high]. */
  between(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(choices: readonly T[]): T
  pickWeighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T
  /** Whole milliseconds, lognormal around `medianMs`: talk, patience and after-work are skewed like this. */
  lognormalMs(medianMs: number, sigma: number): number
  exponential(mean: number): number
}

/** The stream of this name; equal names give equal streams. The generator is sfc32, seeded by SHA-256. */
export function randomFor(...name: readonly (string | number)[]): Random {
  return new Stream(hash('sha256', name.join('\u0000'), 'buffer'))
}

/** A class, since every contact has a stream of its own: all share the methods, each has its four numbers. */
class Stream implements Random {
  private a: number
  private b: number
  private c: number
  private counter = 1

  constructor(digest: Buffer) {
    this.a = digest.readInt32LE(0)
    this.b = digest.readInt32LE(4)
    this.c = digest.readInt32LE(8)
  }

  next(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0
    return (sum >>> 0) / 4_294_967_296
  }

  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.between(0, choices.length - 1)]!
  }

  pickWeighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let total = 0
    for (const [weight] of choices) total += weight
    let left = this.next() * total
    for (const [weight, choice] of choices) {
      left -= weight
      if (left < 0) return choice
    }
    return choices.at(-1)![1]
  }

  lognormalMs(medianMs: number, sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
    return Math.round(medianMs * Math.exp(sigma * normal))
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }
}

/** A UUID (version 4 by its bits) that is always the same for the same name. */
export function uuidFor(...name: readonly (string | number)[]): string {
  const hex = hash('sha256', `uuid\u0000${name.join('\u0000')}`, 'hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16) + hex.slice(17, 20)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}-${hex.slice(20, 32)}`
}
