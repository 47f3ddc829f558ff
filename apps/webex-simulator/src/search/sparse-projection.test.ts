import { expect, test } from 'vitest'
import { createThinWorld } from '../life/thin-world.ts'
import { executeSearch } from './execute-search.ts'
import { contextOfWorld } from './search-context.testing.ts'

const UNTIL = Date.parse('2026-11-20T00:00:00Z')
const FROM = UNTIL - 24 * 60 * 60_000
const world = createThinWorld({ seed: 3, tasksPerDay: 60, agents: 4, days: 2, historyUntilMs: UNTIL })

/** JSON without members that are null, and without objects of which nothing is left. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([key, member]) => [key, withoutNulls(member)] as const)
  return Object.fromEntries(
    members.filter(
      ([, member]) => member !== null && !(typeof member === 'object' && Object.keys(member).length === 0),
    ),
  )
}

test.each([
  [
    'taskDetails',
    `tasks { id renamed: createdTime owner { id } isActive csatScore
       activities(first: 1) { totalCount nodes { id endedTime agentId } pageInfo { hasNextPage endCursor } } }`,
  ],
  [
    'agentSession',
    `agentSessions { agentSessionId endTime siteName
       channelInfo { channelId activities(first: 5) { totalCount nodes { id state queue { id } } pageInfo { hasNextPage endCursor } } } }`,
  ],
])('%s: what graphql-js would answer, less what is null', async (root, list) => {
  const query = `{ ${root}(from: ${FROM}, to: ${UNTIL}) { ${list} pageInfo { hasNextPage } } }`
  const answerOf = async (absentMembers: 'null' | 'left-out') => {
    const asked = { query, variables: {}, operationName: undefined }
    const outcome = await executeSearch(asked, contextOfWorld(world, UNTIL, { absentMembers }))
    if (outcome.kind !== 'answered') throw new Error(JSON.stringify(outcome))
    return outcome.body.toString()
  }
  const sparse = await answerOf('left-out')
  expect(sparse).toContain('"totalCount"')
  const full = await answerOf('null')
  expect(sparse.length).toBeLessThan(full.length)
  expect(withoutNulls(JSON.parse(sparse))).toEqual(withoutNulls(JSON.parse(full)))
})
