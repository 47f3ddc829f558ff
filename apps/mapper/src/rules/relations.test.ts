import { expect, it } from 'vitest'
import type { CarRecord, CsrRecord } from './records.ts'
import { childTaskIdsOf, threadKeyOf } from './relations.ts'

const car = (childContactId: string | null): CarRecord => ({
  id: 'a',
  eventName: 'consult',
  createdTime: 1,
  childContactId,
})
const mail = (metadata: unknown, channelType = 'email'): CsrRecord => ({
  id: 't',
  createdTime: 1,
  channelType,
  channelMetaData: { email: { metadata } },
})

it('child contacts are those that the steps name, each once and never the task itself', () => {
  expect(childTaskIdsOf('t', [car(null), car('b'), car('a'), car('b'), car(''), car('t')])).toEqual(['a', 'b'])
})

it('one thread has one key, as an object or as JSON text', () => {
  const key = threadKeyOf(mail({ threadId: 'x', part: 1 }))
  expect(key).toMatch(/^[0-9a-f]{64}$/)
  expect(threadKeyOf(mail('{"threadId":"x","part":2}'))).toBe(key)
  expect(threadKeyOf(mail('{"threadId":"y"}'))).not.toBe(key)
})

it.each([
  ['no transport data', mail(null)],
  ['broken text', mail('{"threadId"')],
  ['text within text', mail('"\\"x\\""')],
  ['no thread', mail('{"messageId":"x"}')],
  ['an empty thread', mail('{"threadId":" "}')],
  ['a chat', mail('{"threadId":"x"}', 'chat')],
  ['nothing at all', { id: 't', createdTime: 1, channelType: 'email' }],
])('%s names no thread', (_what, csr) => {
  expect(threadKeyOf(csr)).toBeNull()
})
