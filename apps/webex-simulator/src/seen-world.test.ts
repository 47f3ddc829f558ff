import { describe, expect, it } from 'vitest'
import { createClock } from './clock.ts'
import { lagOf } from './index-lag.ts'
import { listedSource } from './listed-source.ts'
import { EMPTY_WORLD } from './search/search-context.testing.ts'
import { createSeenWorld } from './seen-world.ts'
import type { World } from './world.ts'

const LAG = { leastMs: 2000, mostMs: 45_000 }
const NONE = { leastMs: 0, mostMs: 0 }
const SETTLES_MS = 1_000_000
const times = Array.from({ length: 200 }, (_, index) => 1000 + index)

/** Tasks that say when they were looked at; scored 30 s after they began. */
const world: World = {
  ...EMPTY_WORLD,
  tasks: listedSource({
    at: (asOfMs) =>
      times
        .filter((time) => time <= asOfMs)
        .map((time) => ({
          id: `task-${time}`,
          time,
          record: { shownAt: asOfMs, autoCsat: asOfMs >= time + 30_000 ? '4' : null },
        })),
    settlesWithinMs: SETTLES_MS,
  }),
}

function sourceAt(nowMs: number, view: { lag?: typeof LAG; copy?: number; untilMs?: number }) {
  const seen = createSeenWorld(world, createClock({ startMs: nowMs, speed: 0 }), view.untilMs)
  return seen.source('taskDetails', { lag: view.lag ?? NONE, copy: view.copy ?? 0, staleMs: 0 })
}

const rowsAt = (nowMs: number, view: Parameters<typeof sourceAt>[1]) =>
  [...sourceAt(nowMs, view).scan({ fromMs: 0, toMs: 10_000 }, 'oldest-first')].flat()

describe('createSeenWorld', () => {
  it('shows whole seconds of a running clock, every millisecond of a manual one', () => {
    const asOf = (speed: number) =>
      createSeenWorld(EMPTY_WORLD, createClock({ startMs: 5999, speed, elapsedMs: () => 0 })).asOfMs()
    expect([asOf(1), asOf(0)]).toEqual([5000, 5999])
  })

  it('never looks past the end of life', () => {
    const clock = createClock({ startMs: 5000, speed: 0 })
    const seen = createSeenWorld(EMPTY_WORLD, clock, 5500)
    clock.advance(10_000)
    expect(seen.asOfMs()).toBe(5500)
  })
})

describe('index lag', () => {
  it('is drawn once per record, inside the range', () => {
    const lags = times.map((time) => lagOf(`task-${time}`, LAG))
    expect(lags).toEqual(times.map((time) => lagOf(`task-${time}`, LAG)))
    expect(Math.min(...lags)).toBe(LAG.leastMs)
    expect(Math.max(...lags)).toBe(LAG.mostMs)
  })

  it('shows each record as of so long ago, and hides what began since', () => {
    const nowMs = 30_000
    const rows = rowsAt(nowMs, { lag: LAG })
    const expected = times.filter((time) => time <= nowMs - lagOf(`task-${time}`, LAG))
    expect(rows.map(({ time }) => time)).toEqual(expected)
    expect(expected.length).toBeGreaterThan(20)
    expect(expected.length).toBeLessThan(times.length)
    for (const row of rows) expect(row.record()['shownAt']).toBe(nowMs - lagOf(row.id, LAG))
  })

  it('delays the end of life, but does not hide it', () => {
    expect(rowsAt(46_200, { lag: LAG, untilMs: 1199 })).toHaveLength(200)
  })
})

describe('copies of the index', () => {
  it('learn of scores later, and of nothing else', () => {
    const scoreAt = (nowMs: number, copy: number) => sourceAt(nowMs, { copy }).find('task-1000')?.record()['autoCsat']
    expect([scoreAt(31_000, 0), scoreAt(31_000, 1), scoreAt(91_000, 1), scoreAt(91_000, 2)]).toEqual([
      '4',
      null,
      '4',
      null,
    ])
    expect(rowsAt(1100, { copy: 1 })).toHaveLength(101)
  })
})

describe('momentName', () => {
  it('is the same from the moment nothing of the window changes any more', () => {
    const nameAt = (nowMs: number) => sourceAt(nowMs, { lag: LAG }).momentName(2000)
    const settledMs = 2000 + SETTLES_MS + LAG.mostMs
    expect(nameAt(settledMs)).toBe(nameAt(settledMs + 1))
    expect(nameAt(settledMs - 2)).not.toBe(nameAt(settledMs - 1))
  })
})
