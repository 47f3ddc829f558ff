import type { Json, RecordOf } from './world.ts'

/** Guards over JSON of unknown shape. Values here were parsed from JSON or rendered as JSON, so an object holds JSON. */
export function isRecord(value: unknown): value is RecordOf {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The objects of a list; anything else has none. */
export function recordsIn(value: unknown): readonly RecordOf[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

/** Ids and keys as text; absent is empty. */
export function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Code of a system error such as `ENOENT`; undefined for any other thrown thing. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
