import { describe, expect, it } from 'vitest'
import { createKeptAnswers } from './kept-answers.ts'

describe('kept answers', () => {
  it('are given again until newer ones outweigh them, the least recently asked first', () => {
    const kept = createKeptAnswers(10, 3)
    const first = kept.take('first', () => ({ weight: 4 }))
    const second = kept.take('second', () => ({ weight: 4 }))
    expect(kept.take('first', () => ({ weight: 0 }))).toBe(first)
    kept.take('third', () => ({ weight: 4 }))
    expect(kept.take('first', () => ({ weight: 0 }))).toBe(first)
    expect(kept.take('second', () => ({ weight: 0 }))).not.toBe(second)
  })

  it('are never more than so many', () => {
    const kept = createKeptAnswers(1000, 2)
    const first = kept.take('first', () => ({ weight: 0 }))
    for (const name of ['second', 'third']) kept.take(name, () => ({ weight: 0 }))
    expect(kept.take('first', () => ({ weight: 0 }))).not.toBe(first)
  })

  it('keep the newest, however heavy', () => {
    const kept = createKeptAnswers(10, 3)
    const heavy = kept.take('heavy', () => ({ weight: 1000 }))
    expect(kept.take('heavy', () => ({ weight: 0 }))).toBe(heavy)
  })
})
