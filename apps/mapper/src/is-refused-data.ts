/**
 * Whether Postgres refused what was written, rather than being unable to write: SQLSTATE classes 22 (data exception) and 23 (constraint).
 * Repeating the same statement is then useless.
 */
export function isRefusedData(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^2[23][0-9A-Z]{3}$/.test(code)
}
