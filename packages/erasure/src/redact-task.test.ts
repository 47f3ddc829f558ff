import { describe, expect, test } from 'vitest'
import { redactTask } from './redact-task.ts'
import { redactPage } from './rewrite-pages.ts'

const MARKER = 'erased:0b2f6a3c-0000-4000-8000-000000000001'
const ANN = '+12025550143'
/** Ann was erased, and nobody else. */
const markerOf = (address: string) => (address === ANN ? MARKER : undefined)

const TASK = {
  id: 't1',
  createdTime: 5,
  channelType: 'telephony',
  origin: ANN,
  destination: '+12025550100',
  lastQueue: { id: 'q', name: 'Sales' },
  customer: { name: 'Ann Lee', phoneNumber: ANN, email: 'ann@example.com' },
  feedback: { comment: 'thank you, Bob', type: 'voice' },
  globalVariables: [{ name: 'account', value: '4711' }],
  contactReason: 'my invoice',
  callbackData: { callbackNumber: '+12025550144', callbackStatus: 'Success' },
  channelMetaData: { email: { subject: 'my invoice', metadata: '{"threadId":"th-1","from":"ann@example.com"}' } },
  somethingNew: 'Ann',
  activities: {
    totalCount: 1,
    nodes: [
      { id: 'c1', eventName: 'connected', agentName: 'Bob', newMember: 'Ann', destinationAgentPhoneNumber: null },
    ],
  },
}

describe('a task of an erased customer', () => {
  const redacted = redactTask(TASK, markerOf)

  test('names nobody, and keeps its facts', () => {
    expect(redacted).toEqual({
      id: 't1',
      createdTime: 5,
      channelType: 'telephony',
      origin: MARKER,
      destination: '+12025550100',
      lastQueue: { id: 'q', name: 'Sales' },
      customer: { name: null, phoneNumber: MARKER, email: MARKER },
      feedback: { comment: null, type: 'voice' },
      globalVariables: null,
      contactReason: null,
      callbackData: { callbackNumber: null, callbackStatus: 'Success' },
      channelMetaData: { email: { metadata: { threadId: 'th-1' } } },
      activities: {
        totalCount: 1,
        nodes: [{ id: 'c1', eventName: 'connected', agentName: 'Bob', destinationAgentPhoneNumber: null }],
      },
    })
  })

  test('is left alone the second time', () => {
    expect(redactTask(redacted, markerOf)).toBe(redacted)
  })

  test.each([
    ['was called', { ...TASK, origin: '+12025550100', destination: ANN }],
    ['is known by their mail only', { id: 't', customer: { name: 'Ann Lee', email: ANN } }],
    ['is a number', { id: 't', origin: ANN, destination: 4711 }],
  ])('who %s', (_, task) => {
    expect(JSON.stringify(redactTask(task, markerOf))).not.toMatch(/Ann|12025550143/)
  })
})

describe('a task of somebody else', () => {
  const OTHER = { ...TASK, origin: '+12025550199', customer: { name: 'Tom', phoneNumber: '+12025550199' } }

  test('stays as it is, new members and all', () => {
    const task = { ...OTHER, callbackData: undefined }
    expect(redactTask(task, markerOf)).toBe(task)
  })

  test('loses the erased number where it was transferred to', () => {
    const nodes = [{ id: 'c1', destinationAgentPhoneNumber: ANN }, { id: 'c2' }]
    const task = { ...OTHER, transferEpDN: ANN, activities: { totalCount: 2, nodes } }
    expect(redactTask(task, markerOf)).toEqual({
      ...task,
      transferEpDN: MARKER,
      activities: { totalCount: 2, nodes: [{ id: 'c1', destinationAgentPhoneNumber: MARKER }, { id: 'c2' }] },
    })
  })
})

describe('a page', () => {
  const page = (tasks: unknown[]) => ({
    data: { taskDetails: { pageInfo: { hasNextPage: false }, tasks } },
    extra: 'Ann',
  })

  test('of others needs no new one', () => {
    expect(redactPage(page([{ id: 't2', origin: 'x' }, null]), markerOf)).toBeUndefined()
    expect(redactPage({ data: { agentSession: { agentSessions: [] } } }, markerOf)).toBeUndefined()
  })

  test('keeps its order and its page info', () => {
    const redacted = redactPage(page([{ id: 't2' }, TASK]), markerOf)
    expect(redacted).toMatchObject({
      data: { taskDetails: { pageInfo: { hasNextPage: false }, tasks: [{ id: 't2' }, { id: 't1', origin: MARKER }] } },
    })
    expect(JSON.stringify(redacted)).not.toContain('Ann')
  })
})
