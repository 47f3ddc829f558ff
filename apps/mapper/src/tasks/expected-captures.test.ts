import { expect, test } from 'vitest'
import type { CsrRecord } from '../rules/records.ts'
import type { ConversationFacts } from '../rules/segment/facts.ts'
import { expectedCaptures, isSampled } from './expected-captures.ts'

const END = 1_700_000_000_000
const call = (taskId = 'task') =>
  ({
    source_task_id: taskId,
    conversation_start_time_ms: END - 60_000,
    end_time_ms: END,
    channel_type: 'Voice',
  }) as ConversationFacts
const csr = (fields: Record<string, unknown>) => ({ id: 'task', isActive: false, ...fields }) as unknown as CsrRecord
const said = (...args: Parameters<typeof expectedCaptures>) =>
  expectedCaptures(...args).map(({ kind, count, by }) => `${count} ${kind} by ${by}`)

test.each([
  { fields: { captureRequested: true }, is: ['1 recording by flag'] },
  { fields: { captureRequested: true, recordingCount: 0 }, is: ['1 recording by flag'] },
  { fields: { captureRequested: false, recordingCount: 3 }, is: ['3 recording by flag'] },
  { fields: { recordingCount: 1_000_000 }, is: ['50 recording by flag'] },
  { fields: { recordingCount: 1.5, connectedCount: 0 }, is: [] },
  { fields: { captureRequested: false, connectedCount: 1 }, is: [] },
])('flagged: $fields is $is', ({ fields, is }) => {
  expect(said(csr(fields), call(), 'flagged')).toEqual(is)
})

test('all-connected: every call that reached an agent, and no other', () => {
  expect(said(csr({ connectedCount: 1 }), call(), 'all-connected')).toEqual(['1 recording by policy'])
  expect(said(csr({ connectedDuration: 5 }), call(), 'all-connected')).toEqual(['1 recording by policy'])
  expect(said(csr({ connectedCount: 0 }), call(), 'all-connected')).toEqual([])
  const chat = { ...call(), channel_type: 'Chat' } as ConversationFacts
  expect(said(csr({ connectedCount: 1 }), chat, 'all-connected')).toEqual(['1 transcript by channel'])
})

test('one in a hundred unflagged calls is sampled, always the same, an hour after its end', () => {
  const ids = Array.from({ length: 20_000 }, (_, at) => `task-${at}`)
  const sampled = ids.filter((id) => isSampled(id))
  expect(sampled.length / ids.length).toBeGreaterThan(0.008)
  expect(sampled.length / ids.length).toBeLessThan(0.012)
  const [one] = expectedCaptures(csr({ connectedCount: 1 }), call(sampled[0]), 'flagged')
  expect(one).toMatchObject({ by: 'sample', count: 1, notBeforeMs: END + 3_600_000 })
})

test('a task that is still open is not asked for', () => {
  const open = { ...call(), end_time_ms: null }
  expect(said(csr({ captureRequested: true, isActive: true }), open, 'flagged')).toEqual([])
})
