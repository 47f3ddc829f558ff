import { describe, expect, it } from 'vitest'
import { ceilToQuarter, createClock, floorToQuarter } from './clock.ts'

function clockAt(speed: number) {
  let elapsed = 500
  const clock = createClock({ startMs: 1_000_000, speed, elapsedMs: () => elapsed })
  return { clock, pass: (ms: number) => void (elapsed += ms) }
}

describe('createClock', () => {
  it('runs at its speed, also after it was set', () => {
    const { clock, pass } = clockAt(60)
    pass(1000)
    expect(clock.nowMs()).toBe(1_060_000)
    clock.advance(5000)
    expect(clock.nowMs()).toBe(1_065_000)
    clock.set(7)
    pass(10)
    expect(clock.nowMs()).toBe(607)
  })

  it('stands still with speed 0 until told', () => {
    const { clock, pass } = clockAt(0)
    pass(1000)
    expect(clock.nowMs()).toBe(1_000_000)
    clock.advance(1)
    expect(clock.nowMs()).toBe(1_000_001)
  })

  it('changes its speed without a jump, and may be stopped', () => {
    const { clock, pass } = clockAt(60)
    pass(1000)
    clock.setSpeed(2)
    expect([clock.nowMs(), clock.speed]).toEqual([1_060_000, 2])
    pass(1000)
    clock.setSpeed(0)
    pass(1000)
    expect(clock.nowMs()).toBe(1_062_000)
  })
})

it('quarter hours', () => {
  const noon = Date.parse('2026-01-01T12:00:00Z')
  expect([floorToQuarter(noon), floorToQuarter(noon + 899_999)]).toEqual([noon, noon])
  expect([ceilToQuarter(noon), ceilToQuarter(noon + 1)]).toEqual([noon, noon + 900_000])
})
