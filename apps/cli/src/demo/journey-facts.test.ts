import { expect, test } from 'vitest'
import { type EngagementFact, countEqual } from './journey-facts.ts'

const fact: EngagementFact = { taskId: 't', type: 'Agent', agentId: 'a', queueId: 'q', startTime: 1, endTime: 2 }

test.each([
  ['equal', [fact], [fact], 1],
  ['another end', [fact], [{ ...fact, endTime: 3 }], 0],
  ['another agent', [fact], [{ ...fact, agentId: 'b' }], 0],
  ['one held, two expected', [fact, fact], [fact], 1],
  ['open and closed differ', [{ ...fact, endTime: null }], [fact], 0],
])('%s', (_, expected, held, equal) => {
  expect(countEqual(expected, held)).toBe(equal)
})
