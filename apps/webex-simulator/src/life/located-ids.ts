import { createHash } from 'node:crypto'

/**
 * UUIDs (version 4 by their bits) that carry where their record is to be found: two small numbers, hidden under a key made from the seed. They look
 * random, never repeat, and any other UUID is told apart by its check bits.
 */
export interface LocatedIds {
  /** @param where at most 32 bits @param which at most 22 bits */
  idOf(where: number, which: number): string
  /** Undefined for text that this has not made. */
  locate(id: string): { readonly where: number; readonly which: number } | undefined
}

const WHICH_BITS = 22

export function createLocatedIds(seed: number, kind: string): LocatedIds {
  const digest = createHash('sha256').update(`located ids\u0000${seed}\u0000${kind}`).digest()
  const [key1, key2, key3, key4] = [0, 4, 8, 12].map((at) => digest.readInt32LE(at)) as [number, number, number, number]

  const check = (where: number, which: number, key: number) => mix(mix(where ^ key) ^ Math.imul(which, 0x9e3779b1))
  const idOf = (where: number, which: number) => {
    const check1 = check(where, which, key1) & 0x3fffffff
    const check2 = check(where, which, key2)
    const hiddenWhere = where ^ mix(check1 ^ key3) ^ mix(check2 ^ key4)
    const hiddenWhich = (which ^ mix(check1 ^ key4) ^ mix(check2 ^ key3)) & (2 ** WHICH_BITS - 1)
    return format(hiddenWhere, hiddenWhich, check1, check2)
  }
  return {
    idOf,
    locate(id) {
      const hex = id.replaceAll('-', '')
      if (!/^[0-9a-f]{32}$/.test(hex)) return undefined
      const word = (at: number) => Number.parseInt(hex.slice(at * 8, at * 8 + 8), 16)
      const [first, second, third, fourth] = [word(0), word(1), word(2), word(3)]
      const check1 = third & 0x3fffffff
      const check2 = fourth | 0
      const where = (first ^ mix(check1 ^ key3) ^ mix(check2 ^ key4)) >>> 0
      const shown = ((second >>> 16) << 6) | ((second >>> 6) & 0x3f)
      const which = (shown ^ mix(check1 ^ key4) ^ mix(check2 ^ key3)) & (2 ** WHICH_BITS - 1)
      return idOf(where, which) === id ? { where, which } : undefined
    },
  }
}

/** murmur3's last step: every bit of the input moves half of the output's. */
function mix(input: number): number {
  let word = input
  word ^= word >>> 16
  word = Math.imul(word, 0x85ebca6b)
  word ^= word >>> 13
  word = Math.imul(word, 0xc2b2ae35)
  return word ^ (word >>> 16)
}

/** 16 + 6 bits of `which` around the version, and the last 6 bits of that word from the checks. */
function format(where: number, which: number, check1: number, check2: number): string {
  const second = ((which >>> 6) << 16) | 0x4000 | ((which & 0x3f) << 6) | ((check1 ^ check2) & 0x3f)
  const third = 0x80000000 | check1
  const [a, b, c, d] = [hex(where), hex(second), hex(third), hex(check2)]
  return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const hex = (word: number) =>
  BYTES[word >>> 24]! + BYTES[(word >>> 16) & 255]! + BYTES[(word >>> 8) & 255]! + BYTES[word & 255]!
