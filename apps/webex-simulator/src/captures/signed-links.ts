import { createHmac, timingSafeEqual } from 'node:crypto'

/** Links in the manner of a pre-signed S3 URL: who holds one may read the file, until it expires. */
export interface SignedLinks {
  /** Path and query of a link that lives `seconds` from `nowMs`. */
  mint(path: string, nowMs: number, seconds: number): string
  check(
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    nowMs: number,
  ): 'valid' | 'expired' | 'forged'
}

function toAmzDate(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

function fromAmzDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

export function createSignedLinks(key: string | Buffer): SignedLinks {
  const sign = (path: string, date: string, expires: string) =>
    createHmac('sha256', key).update(`${path}\n${date}\n${expires}`).digest('hex')
  return {
    mint(path, nowMs, seconds) {
      const date = toAmzDate(nowMs)
      const query = new URLSearchParams({
        'X-Amz-Date': date,
        'X-Amz-Expires': String(seconds),
        'X-Amz-Signature': sign(path, date, String(seconds)),
      })
      return `${path}?${query.toString()}`
    },
    check(path, query, nowMs) {
      const date = query['X-Amz-Date'] ?? ''
      const expires = query['X-Amz-Expires'] ?? ''
      const given = Buffer.from(query['X-Amz-Signature'] ?? '')
      const expected = Buffer.from(sign(path, date, expires))
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'forged'
      return nowMs < fromAmzDate(date) + Number(expires) * 1000 ? 'valid' : 'expired'
    },
  }
}
