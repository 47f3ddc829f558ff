import { expect, test } from 'vitest'
import { chunkHeads } from './chunk-heads.ts'

const limits = { maxHeads: 2, maxSpanMs: 100 }

test('at most so many ids, in order of time, each once, with a range that holds them', () => {
  const heads = [
    { id: 'c', timeMs: 30 },
    { id: 'a', timeMs: 10 },
    { id: 'b', timeMs: 20 },
    { id: 'a', timeMs: 10 },
  ]
  expect(chunkHeads(heads, limits)).toEqual([
    { ids: ['a', 'b'], fromMs: 9, toMs: 21 },
    { ids: ['c'], fromMs: 29, toMs: 31 },
  ])
})

test('times further apart than a query may span are asked for apart', () => {
  const chunks = chunkHeads(
    [
      { id: 'old', timeMs: 0 },
      { id: 'new', timeMs: 99 },
    ],
    limits,
  )
  expect(chunks.map(({ ids }) => ids)).toEqual([['old'], ['new']])
  expect(
    chunkHeads(
      [
        { id: 'old', timeMs: 0 },
        { id: 'new', timeMs: 98 },
      ],
      limits,
    ),
  ).toHaveLength(1)
})

test('no heads need no query', () => {
  expect(chunkHeads([], limits)).toEqual([])
})
