import { describe, expect, it } from 'vitest'
import { inHashOrder } from './hash-order.ts'

const namesOf = (...names: readonly string[]) => inHashOrder(names.map((name) => ({ name }))).map(({ name }) => name)

describe('inHashOrder', () => {
  it('goes by slots of a table three quarters full at most', () => {
    // One letter is its own hash: a = 97, b = 98 …; four names make a table of eight.
    expect(namesOf('d', 'h', 'a', 'c')).toEqual(['h', 'a', 'c', 'd'])
    // Two make a table of four: e = 101 comes to slot 1, d = 100 to slot 0, h = 104 to slot 0.
    expect(namesOf('e', 'd')).toEqual(['d', 'e'])
    expect(namesOf('h', 'd')).toEqual(['h', 'd'])
    expect(namesOf('d', 'h')).toEqual(['d', 'h'])
  })

  it('hashes long names as Java does', () => {
    // Java's hashes of these: -631448035 (slot 1 of four) and 845213070 (slot 2).
    expect(namesOf('cardinality', 'average')).toEqual(['average', 'cardinality'])
    expect(namesOf('average', 'cardinality')).toEqual(['average', 'cardinality'])
  })
})
