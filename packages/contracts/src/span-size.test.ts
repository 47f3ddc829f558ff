import { describe, expect, test } from 'vitest'
import { extraRequestsPerSession, recordsPerSpan } from './span-size.ts'

describe('what a session costs beyond its page', () => {
  test.each([
    ['nobody has been counted', 0, 0, 0.1],
    ['quiet agents', 100, 10, 0.1],
    ['fifty contacts each: 250 activities, of which 100 come with the session', 5_000, 100, 2],
  ])('%s', (_name, tasks, sessions, extra) => {
    expect(extraRequestsPerSession({ tasks, sessions })).toBe(extra)
  })
})

describe('records of one span', () => {
  test.each([
    ['eight pages of tasks', 'task', 8, 0.1, 2_000],
    ['eight of legs, which are larger', 'task_leg', 8, 0.1, 4_000],
    ['two pages of sessions', 'agent_session', 8, 0.1, 500],
    ['one at least', 'agent_session', 1, 0.01, 250],
    ['as many busy sessions as a hundred requests bring', 'agent_session', 8, 2, 48],
    ['one session, however busy', 'agent_session', 1, 100, 1],
  ] as const)('%s', (_name, stream, pages, extra, records) => {
    expect(recordsPerSpan(stream, pages, extra)).toBe(records)
  })
})
