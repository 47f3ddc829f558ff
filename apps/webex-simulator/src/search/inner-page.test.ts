import { describe, expect, it } from 'vitest'
import { innerPage } from './inner-page.ts'

const nodesAt = (...times: number[]) => times.map((createdTime, position) => ({ id: `n${position}`, createdTime }))
const defaults = { time: 'createdTime', oldestFirst: false, ties: 'whole' } as const

function readAll(times: readonly number[], first: number, ties: 'whole' | 'skip'): readonly unknown[] {
  const seen: unknown[] = []
  let after: string | null = null
  for (let request = 0; request < 100; request++) {
    const page = innerPage(nodesAt(...times), { ...defaults, ties, first, after })
    seen.push(...page.nodes.map((node) => node['id']))
    expect(page.totalCount).toBe(times.length)
    if (!page.pageInfo.hasNextPage) return seen
    after = page.pageInfo.endCursor
  }
  throw new Error('paging does not end')
}

describe('innerPage', () => {
  it('gives 25 newest rows unless told, and their end as cursor', () => {
    const page = innerPage(nodesAt(...Array.from({ length: 30 }, (_, index) => 1000 + index)), defaults)
    expect(page.nodes).toHaveLength(25)
    expect(page.nodes[0]).toMatchObject({ createdTime: 1029 })
    expect(page).toMatchObject({ totalCount: 30, pageInfo: { hasNextPage: true, endCursor: '1005' } })
  })

  it('ends with a null cursor', () => {
    expect(innerPage(nodesAt(1, 2), defaults).pageInfo).toEqual({ hasNextPage: false, endCursor: null })
  })

  it('loses and repeats nothing when rows share a millisecond', () => {
    const times = [1, 2, 2, 2, 3, 4, 4, 5, 5, 5, 5]
    for (const first of [1, 2, 3, 4, 100]) expect(new Set(readAll(times, first, 'whole')).size).toBe(times.length)
    expect(readAll(times, 2, 'whole')).toHaveLength(times.length)
  })

  it('loses rows of a cut millisecond when told to', () => {
    expect(readAll([1, 2, 2, 3], 2, 'skip')).toEqual(['n3', 'n2', 'n0'])
  })

  it('refuses sizes outside 1 to 100', () => {
    expect(() => innerPage([], { ...defaults, first: 101 })).toThrow('first')
    expect(() => innerPage([], { ...defaults, first: 0 })).toThrow('first')
  })
})
