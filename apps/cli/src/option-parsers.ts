import { InvalidArgumentError } from 'commander'

/** Parser of a whole number of at least `min`. */
export function whole(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < min)
      throw new InvalidArgumentError(`must be a whole number of at least ${min}.`)
    return value
  }
}

/** Parser of a moment such as 2026-11-20T00:00:00Z; epoch ms. */
export function instant(text: string): number {
  const value = Date.parse(text)
  if (Number.isNaN(value)) throw new InvalidArgumentError('must be a moment such as 2026-11-20T00:00:00Z.')
  return value
}
