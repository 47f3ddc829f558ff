import { createHash } from 'node:crypto'

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
  const digest = createHash('sha256').update(name.join('\u0000')).digest()
  let a = digest.readInt32LE(0)
  let b = digest.readInt32LE(4)
  let c = digest.readInt32LE(8)
  let counter = 1
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 4_294_967_296
  }
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (choices) => choices[between(0, choices.length - 1)]!,
    pickWeighted(choices) {
      let left = next() * choices.reduce((sum, [weight]) => sum + weight, 0)
      for (const [weight, choice] of choices) {
        left -= weight
        if (left < 0) return choice
      }
      return choices.at(-1)![1]
    },
    lognormalMs(medianMs, sigma) {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
      return Math.round(medianMs * Math.exp(sigma * normal))
    },
    exponential: (mean) => -mean * Math.log(1 - next()),
  }
}

/** A UUID (version 4 by its bits) that is always the same for the same name. */
export function uuidFor(...name: readonly (string | number)[]): string {
  const bytes = createHash('sha256')
    .update(`uuid\u0000${name.join('\u0000')}`)
    .digest()
    .subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
