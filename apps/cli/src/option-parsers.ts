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

/** Parser of an http address. */
export function httpUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? ''))
    throw new InvalidArgumentError('must be an http:// or https:// address.')
  return text
}

/** Parser of a time zone such as Europe/Prague. */
export function timeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    throw new InvalidArgumentError('must be a time zone such as Europe/Prague.')
  }
}
