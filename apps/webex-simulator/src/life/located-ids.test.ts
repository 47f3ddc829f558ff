import { describe, expect, it } from 'vitest'
import { createLocatedIds } from './located-ids.ts'
import { randomFor, uuidFor } from './random.ts'

const ids = createLocatedIds(1, 'task')
const random = randomFor(1, 'places')
const places = Array.from(
  { length: 5000 },
  () => [random.between(0, 2 ** 32 - 1), random.between(0, 2 ** 22 - 1)] as const,
)

describe('located ids', () => {
  it('are UUIDs of version 4 that tell where their record is', () => {
    for (const [where, which] of places) {
      const id = ids.idOf(where, which)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(ids.locate(id)).toEqual({ where, which })
    }
  })

  it('of neighbours have nothing in common', () => {
    const near = Array.from({ length: 1000 }, (_, which) => ids.idOf(7, which))
    expect(new Set(near.map((id) => id.slice(0, 8))).size).toBeGreaterThan(990)
    expect(new Set(near.map((id) => id.slice(-12))).size).toBe(1000)
  })

  it('of others are not taken for own ones', () => {
    const id = ids.idOf(3, 4)
    const others = [
      uuidFor('another'),
      createLocatedIds(2, 'task').idOf(3, 4),
      createLocatedIds(1, 'session').idOf(3, 4),
      id.toUpperCase(),
      id.replaceAll('-', ''),
      `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`,
      '',
      'not an id',
      "'; drop",
    ]
    expect(others.map((other) => ids.locate(other))).toEqual(others.map(() => undefined))
  })
})
