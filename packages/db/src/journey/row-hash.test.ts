import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashRow } from './facts.ts'

const columns = ['text', 'count', 'share', 'is_late', 'started', 'list', 'nested', 'bytes', 'missing', 'apart']
const hashOf = (content: object) => hash('sha256', JSON.stringify(content), 'hex')
const hashed = (row: object) => hashRow({ columns, unhashed: ['apart'] }, row).toString('hex')

test('is the hash of what is not null, as JSON in the order of the columns', () => {
  const started = new Date('2026-03-29T01:00:00.007Z')
  expect(
    hashed({
      apart: 'others set it',
      is_late: false,
      count: -0,
      share: 1e21,
      text: 'a "b" \\ é 😀\n\u2028',
      started,
      list: ['x', null, 2],
      nested: { b: { d: started, c: undefined }, a: 1 },
      bytes: Buffer.from('ab'),
      missing: null,
      unknown: 'no column',
    }),
  ).toBe(
    hashOf({
      text: 'a "b" \\ é 😀\n\u2028',
      count: 0,
      share: 1e21,
      is_late: false,
      started: started.toISOString(),
      list: ['x', null, 2],
      nested: { a: 1, b: { d: started } },
      bytes: '\\x6162',
    }),
  )
})

test('of a row with nothing in it, of values JSON has no word for', () => {
  expect(hashed({ text: null })).toBe(hashOf({}))
  expect(hashed({ count: Number.NaN, started: new Date(Number.NaN) })).toBe(hashOf({ count: null, started: null }))
})

test('what Postgres refuses is taken out first, wherever it stands; a text that only looks like it stays', () => {
  expect(hashed({ text: 'a\0b\ud800', nested: { k: ['\0'] } })).toBe(hashOf({ text: 'ab\ufffd', nested: { k: [''] } }))
  expect(hashed({ text: String.raw`\u0000` })).toBe(hashOf({ text: String.raw`\u0000` }))
})
