export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The first of several spellings that holds text. */
export function textOf(object: JsonObject, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = object[key]
    if (typeof value === 'string' && value.trim() !== '') return value
  }
  return null
}

/** The first of several spellings that holds a moment, as epoch ms. Numbers below 1e11 are seconds (1e11 s is the year 5138). */
export function momentOf(object: JsonObject, keys: readonly string[]): number | null {
  for (const key of keys) {
    const moment = readMoment(object[key])
    if (moment !== null) return moment
  }
  return null
}

export function readMoment(value: unknown): number | null {
  if (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)) return readMoment(Number(value))
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || value <= 0) return null
    return Math.round(value < 1e11 ? value * 1000 : value)
  }
  if (typeof value !== 'string') return null
  const parsed = Date.parse(value)
  return Number.isNaN(parsed) ? null : parsed
}

export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}
