import { createHash } from 'node:crypto'

/** Columns that say when and how a row was written, not what it says (model §5.4). */
const TECHNICAL = new Set([
  'row_hash',
  'load_run_id',
  'fetch_id',
  'created_at',
  'updated_at',
  'is_deleted',
  'mapping_version',
])

/**
 * SHA-256 over a row's business columns, for `row_hash` (bytea): equal exactly when the content is, whatever the order of keys.
 * Absent and undefined columns are the same; null is a value. Throws on what JSON cannot carry (NaN, functions).
 */
export function rowHash(row: Readonly<Record<string, unknown>> | object): Buffer {
  const business = Object.entries(row).filter(([column]) => !TECHNICAL.has(column))
  return createHash('sha256')
    .update(canonicalJson(Object.fromEntries(business)), 'utf8')
    .digest()
}

/** JSON with sorted keys, so that equal values are equal texts. Dates are their ISO text, bigints their digits. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`)
    return JSON.stringify(value)
  }
  if (value instanceof Date) return JSON.stringify(value.toISOString())
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  if (typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`
  }
  throw new TypeError(`a ${typeof value} has no JSON form`)
}
