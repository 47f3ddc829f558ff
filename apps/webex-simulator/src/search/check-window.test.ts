import { describe, expect, it } from 'vitest'
import { checkWindow } from './check-window.ts'

const DAY = 86_400_000
const NOW = Date.parse('2026-11-20T00:00:00Z')
const rules = { nowMs: NOW, readsActivities: false, spanLimit: '365-days' } as const

const check =
  (days: number, changes: Partial<Parameters<typeof checkWindow>[1]> = {}) =>
  () =>
    checkWindow({ fromMs: NOW - days * DAY, toMs: NOW }, { ...rules, ...changes })

describe('checkWindow', () => {
  it('allows 365 days, or 13 months when told', () => {
    expect(check(365)).not.toThrow()
    expect(check(365.001)).toThrow('365 days')
    const thirteenMonths = { spanLimit: '13-months' } as const
    expect(check(396, thirteenMonths)).not.toThrow()
    expect(check(398, thirteenMonths)).toThrow('13 months')
  })

  it('allows 30 days where activities are read', () => {
    expect(check(30, { readsActivities: true })).not.toThrow()
    expect(check(30.001, { readsActivities: true })).toThrow('30 days')
  })

  it('takes a future end for now, and seconds for the year 1970', () => {
    expect(checkWindow({ fromMs: NOW - DAY, toMs: NOW + DAY }, rules).toMs).toBe(NOW)
    const seconds = checkWindow({ fromMs: NOW / 1000, toMs: NOW / 1000 + 86_400 }, rules)
    expect(seconds.toMs).toBeLessThan(100_000_000_001)
  })

  it('refuses what is older than 36 months', () => {
    const old = (fromMs: number) => () => checkWindow({ fromMs, toMs: fromMs + DAY }, rules)
    expect(old(Date.parse('2023-11-20T00:00:00Z'))).not.toThrow()
    expect(old(Date.parse('2023-11-19T23:59:59Z'))).toThrow('36 months')
  })
})
