import { describe, expect, it } from 'vitest'
import { giveBack, joinPieces, ListBytes } from './answer-bytes.ts'

const rowOf = (answer: number, row: number) => JSON.stringify({ answer, row, text: `ü${'x'.repeat(row % 70_000)}` })

/** A list of some megabytes, as a page is written. */
function answerOf(answer: number, rows: number): Buffer {
  const list = new ListBytes()
  for (let row = 0; row < rows; row++) list.add(rowOf(answer, row * 997))
  return joinPieces([Buffer.from('{"rows":'), ...list.take(), Buffer.from('}')])
}
const textOf = (answer: number, rows: number) =>
  `{"rows":[${Array.from({ length: rows }, (_, row) => rowOf(answer, row * 997)).join(',')}]}`

describe('the memory of answers', () => {
  it('holds an empty list and a long one to the byte', () => {
    expect(answerOf(1, 0).toString()).toBe('{"rows":[]}')
    expect(answerOf(1, 150).toString() === textOf(1, 150)).toBe(true)
  })

  it('keeps answers under way apart, however often it was used before', () => {
    for (let round = 0; round < 3; round++) {
      const answers = [1, 2, 3].map((number) => answerOf(number, 100 + number * 20))
      for (const [at, answer] of answers.entries())
        expect(answer.toString() === textOf(at + 1, 120 + at * 20), `round ${round}, answer ${at + 1}`).toBe(true)
      for (const answer of answers) giveBack(answer)
    }
  })

  it('is used again', () => {
    const given = Array.from({ length: 4 }, () => answerOf(1, 150))
    const known = new Set(given.map(({ buffer }) => buffer))
    for (const answer of given) giveBack(answer)
    const next = Array.from({ length: 4 }, () => answerOf(2, 150))
    expect(next.filter(({ buffer }) => known.has(buffer)).length).toBeGreaterThan(0)
  })
})
