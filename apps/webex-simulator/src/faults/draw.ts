import { createHash } from 'node:crypto'

/** A number in [0, 1) that is always the same for the same names. */
export function draw(...names: readonly (string | number)[]): number {
  return createHash('sha256').update(names.join('\u0000')).digest().readUInt32LE(0) / 2 ** 32
}
