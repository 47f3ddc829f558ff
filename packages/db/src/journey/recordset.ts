/** Rows per statement: `json_to_recordset` is fastest at 500-5,000 (measured), and one statement stays far below its timeout. */
const ROWS_PER_STATEMENT = 2_000

/** One JSON text per statement. NUL and lone surrogates, which Postgres refuses for the whole statement, are taken out of texts. */
export function* inStatements(rows: readonly unknown[]): Generator<string> {
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
    yield storableJson(rows.slice(at, at + ROWS_PER_STATEMENT))
  }
}

/** The same of rows that are JSON already. */
export function* textsInStatements(rows: readonly string[]): Generator<string> {
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
    yield `[${rows.slice(at, at + ROWS_PER_STATEMENT).join(',')}]`
  }
}

/** What Postgres refuses stands escaped in JSON, so a look at the text spares nearly all rows the slow way. */
const REFUSED = /\\u(?:0000|d[89a-f])/i

/** False for a JSON text that may hold what Postgres refuses. */
export function isStorable(json: string): boolean {
  return !REFUSED.test(json)
}

/** JSON that Postgres takes: see `inStatements`. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value)
  return isStorable(text) ? text : JSON.stringify(value, storable)
}

function storable(_key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  const text = value.includes('\0') ? value.replaceAll('\0', '') : value
  return text.isWellFormed() ? text : text.toWellFormed()
}

/** The same value with object keys in order, so that its JSON is the same on every machine. */
export function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, canonical(member)]),
  )
}

/** `\x…`, as Postgres reads bytea from text. */
export function bytea(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes).toString('hex')}`
}

/** The last of each key wins, and keys come in order: a key twice in one upsert is refused, and unordered upserts deadlock. */
export function sortedByKey<Row>(rows: Iterable<Row>, keyOf: (row: Row) => string): Row[] {
  const byKey = new Map<string, Row>()
  for (const row of rows) byKey.set(keyOf(row), row)
  return [...byKey.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}
