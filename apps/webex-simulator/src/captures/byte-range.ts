export interface ByteRange {
  readonly start: number
  /** Inclusive. */
  readonly end: number
}

/** One `Range: bytes=…` header over a file. `whole` when there is none (or one this server may ignore: several ranges). */
export function readByteRange(header: string | undefined, sizeBytes: number): ByteRange | 'whole' | 'unsatisfiable' {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (found === null || (found[1] === '' && found[2] === '')) return 'whole'
  const [, first = '', last = ''] = found
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1)
  return start > end || start >= sizeBytes ? 'unsatisfiable' : { start, end }
}
