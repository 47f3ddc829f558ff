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

/** Parser of an id of ours. */
export function uuid(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw new InvalidArgumentError('must be ids (UUID).')
  return text.toLowerCase()
}

/** Parser of a country such as GB (ISO 3166 alpha-2). */
export function country(text: string): string {
  if (!/^[A-Za-z]{2}$/.test(text)) throw new InvalidArgumentError('must be a country of two letters such as GB.')
  return text.toUpperCase()
}

/** Parser of a part of a whole: 0.05 to 1. */
export function part(text: string): number {
  const value = Number(text)
  if (!(value >= 0.05 && value <= 1)) throw new InvalidArgumentError('must be a number from 0.05 to 1.')
  return value
}
