import { describe, expect, it } from 'vitest'
import { canonicalJson, rowHash } from './row-hash.ts'

const hash = (value: object) => rowHash(value).toString('hex')

describe('rowHash', () => {
  const row = { engagement_id: 'e1', queue_time_ms: 5, tags: ['a', 'b'], menu_path: null }

  it.each<[string, object]>([
    ['order of columns', { menu_path: null, tags: ['a', 'b'], queue_time_ms: 5, engagement_id: 'e1' }],
    ['when it was loaded', { ...row, fetch_id: 9, updated_at: new Date(0), mapping_version: 2, is_deleted: true }],
    ['an absent column', { ...row, extra: undefined }],
  ])('does not depend on %s', (_name, other) => {
    expect(hash(other)).toBe(hash(row))
  })

  it.each<[string, object]>([
    ['a number', { ...row, queue_time_ms: 6 }],
    ['null against absent', { engagement_id: 'e1', queue_time_ms: 5, tags: ['a', 'b'] }],
    ['the order within a list', { ...row, tags: ['b', 'a'] }],
    ['text against number', { ...row, queue_time_ms: '5' }],
  ])('depends on %s', (_name, other) => {
    expect(hash(other)).not.toBe(hash(row))
  })

  it('sorts keys at every depth and refuses what JSON cannot carry', () => {
    expect(canonicalJson({ b: { d: 1, c: new Date(0) }, a: 10n })).toBe(
      '{"a":10,"b":{"c":"1970-01-01T00:00:00.000Z","d":1}}',
    )
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError)
  })
})
