import { describe, expect, it } from 'vitest'
import type { RecordOf } from '../world.ts'
import { ROOTS } from './field-table.ts'
import type { RootName } from './field-table.ts'
import { compileFilter } from './match-filter.ts'

const factsOf = (filter: RecordOf, root: RootName = 'taskDetails') => {
  const { ids, taskIds, changedSinceMs } = compileFilter(ROOTS[root], filter).facts
  return { ids: ids && [...ids], taskIds: taskIds && [...taskIds], changedSinceMs }
}

describe('facts of a filter', () => {
  it.each<[RecordOf, object]>([
    [{ id: { equals: 'a' } }, { ids: ['a'] }],
    [{ or: [{ id: { equals: 'a' } }, { id: { equals: 'b' } }] }, { ids: ['a', 'b'] }],
    [{ and: [{ or: [{ id: { equals: 'a' } }, { id: { equals: 'b' } }] }, { id: { equals: 'b' } }] }, { ids: ['b'] }],
    [{ or: [{ id: { equals: 'a' } }, { origin: { equals: 'b' } }] }, { ids: undefined }],
    [{ not: { id: { equals: 'a' } } }, { ids: undefined }],
    [{ lastActivityTime: { gte: 5, lt: 9 } }, { changedSinceMs: 5 }],
    [{ lastActivityTime: { gte: 5 }, isActive: { equals: true } }, { changedSinceMs: Infinity }],
    [{ isActive: { equals: false } }, { changedSinceMs: undefined }],
    // What is open has not ended: -1.
    [{ endedTime: { gte: -1 } }, { changedSinceMs: undefined }],
    [{ and: [{ endedTime: { gt: 5 } }, { endedTime: { gte: 7 } }] }, { changedSinceMs: 7 }],
    [{ or: [{ endedTime: { gt: 5 } }, { isActive: { equals: true } }] }, { changedSinceMs: 5 }],
    [{ or: [{ endedTime: { gt: 5 } }, { origin: { equals: 'b' } }] }, { changedSinceMs: undefined }],
    [{ not: { endedTime: { gte: 5 } } }, { changedSinceMs: undefined }],
  ])('%j', (filter, facts) => {
    expect(factsOf(filter)).toMatchObject(facts)
  })

  it('knows sessions by their own id and legs by their task', () => {
    expect(factsOf({ agentSessionId: { equals: 's' } }, 'agentSession')).toMatchObject({ ids: ['s'] })
    expect(factsOf({ taskId: { equals: 't' } }, 'taskLegDetails')).toMatchObject({ taskIds: ['t'] })
  })

  it('names every field that is read', () => {
    const { paths } = compileFilter(ROOTS.taskDetails, {
      and: [{ lastQueue: { id: { equals: 'q' } } }, { not: { owner: { equals: { id: null } } } }],
      stringGlobalVariables: { name: { equals: 'X' } },
    })
    expect([...paths].filter((path) => !path.startsWith('owner.'))).toEqual(['lastQueue.id', 'stringGlobalVariables'])
    expect(paths.has('owner.id')).toBe(true)
  })
})
