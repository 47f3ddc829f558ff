import { describe, expect, it } from 'vitest'
import { createSlidingWindow } from './sliding-window.ts'

describe('createSlidingWindow', () => {
  it('admits the limit in any minute, then says how long to wait', () => {
    const window = createSlidingWindow(2)
    expect([window.admit('c', 0), window.admit('c', 10_000)]).toEqual([0, 0])
    expect(window.admit('c', 20_000)).toBe(40)
    expect(window.admit('c', 59_999)).toBe(1)
    expect(window.admit('c', 60_000)).toBe(0)
    expect(window.admit('c', 60_001)).toBe(10)
  })

  it('keeps clients apart', () => {
    const window = createSlidingWindow(1)
    expect([window.admit('a', 0), window.admit('b', 0), window.admit('a', 0)]).toEqual([0, 0, 60])
  })

  it('tells how each client stands', () => {
    const window = createSlidingWindow(1)
    for (const client of ['a', 'b', 'a']) window.admit(client, 0)
    expect(window.clients(1)).toEqual([
      { clientId: 'a', admitted: 1, refused: 1 },
      { clientId: 'b', admitted: 1, refused: 0 },
    ])
    expect(window.clients(60_000)[0]).toMatchObject({ admitted: 0, refused: 1 })
  })

  it('survives a clock that is set back', () => {
    const window = createSlidingWindow(1)
    window.admit('c', 1_000_000)
    expect(window.admit('c', 5)).toBe(0)
  })
})
