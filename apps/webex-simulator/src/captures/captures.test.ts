import { describe, expect, it } from 'vitest'
import { readByteRange } from './byte-range.ts'
import { createSignedLinks } from './signed-links.ts'

const now = Date.parse('2026-05-06T07:08:09Z')
const queryOf = (link: string) => Object.fromEntries(new URL(link, 'http://simulator').searchParams)

describe('createSignedLinks', () => {
  const links = createSignedLinks('key')

  it('opens until the last second', () => {
    const query = queryOf(links.mint('/_files/a', now, 60))
    expect(links.check('/_files/a', query, now + 59_999)).toBe('valid')
    expect(links.check('/_files/a', query, now + 60_000)).toBe('expired')
  })

  it('opens one file only, and no longer than signed', () => {
    const query = queryOf(links.mint('/_files/a', now, 60))
    expect(links.check('/_files/b', query, now)).toBe('forged')
    expect(links.check('/_files/a', { ...query, 'X-Amz-Expires': '9999' }, now)).toBe('forged')
    expect(links.check('/_files/a', {}, now)).toBe('forged')
    expect(createSignedLinks('other').check('/_files/a', query, now)).toBe('forged')
  })
})

describe('readByteRange', () => {
  it.each([
    [undefined, 'whole'],
    ['bytes=0-1,4-5', 'whole'],
    ['bytes=2-4', { start: 2, end: 4 }],
    ['bytes=7-', { start: 7, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=5-99', { start: 5, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
  ])('%s of ten bytes', (header, expected) => {
    expect(readByteRange(header, 10)).toEqual(expected)
  })
})
