import { expect, test } from 'vitest'
import { createLimit } from './limit.ts'

test('so many at a time, in order; one that fails gives its place on', async () => {
  const limit = createLimit(2)
  const begun: number[] = []
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<number>())
  const works = ends.map(({ promise }, at) => limit(() => (begun.push(at), promise)))
  expect(begun).toEqual([0, 1])
  ends[1]!.reject(new Error('broken'))
  await expect(works[1]).rejects.toThrow('broken')
  expect(begun).toEqual([0, 1, 2])
  ends.forEach(({ resolve }, at) => resolve(at))
  expect(await Promise.all(works.filter((_work, at) => at !== 1))).toEqual([0, 2, 3, 4])
  expect(begun).toEqual([0, 1, 2, 3, 4])
})
