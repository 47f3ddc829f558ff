import { describe, expect, it } from 'vitest'
import { arrivalsOf, hoursOfLongestWatch } from './arrivals.ts'
import { DAY_MS, HOUR_MS } from './clock-units.ts'
import { createWatches } from './watches.ts'

const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / DAY_MS

describe('watches', () => {
  it('begin at 04:00 on the local clock, in summer and in winter', () => {
    const watches = createWatches('Europe/Berlin', 1)
    expect(new Date(watches.startOf(dayOf('2026-01-15'))).toISOString()).toBe('2026-01-15T03:00:00.000Z')
    expect(new Date(watches.startOf(dayOf('2026-07-15'))).toISOString()).toBe('2026-07-15T02:00:00.000Z')
  })

  it.each([
    ['Europe/Berlin', '2026-03-28', 23],
    ['Europe/Berlin', '2026-10-24', 25],
    ['America/New_York', '2026-03-07', 23],
    ['America/New_York', '2026-10-31', 25],
    ['Asia/Kolkata', '2026-03-28', 24],
    ['UTC', '2026-03-28', 24],
  ])('in %s last from %s for %i hours', (zone, date, hours) => {
    const watches = createWatches(zone, 1)
    const day = dayOf(date)
    expect((watches.startOf(day + 1) - watches.startOf(day)) / HOUR_MS).toBe(hours)
  })

  it.each([
    ['Europe/Berlin', 1],
    ['Europe/Berlin', 3],
    ['Asia/Kolkata', 3],
    ['Australia/Lord_Howe', 1],
  ] as const)('of %s, %i a day, follow each other and hold each instant once', (zone, perDay) => {
    const watches = createWatches(zone, perDay)
    const first = watches.watchOf(Date.parse('2026-01-01T12:00:00Z'))
    for (let watch = first; watch < first + 366 * perDay; watch++) {
      const start = watches.startOf(watch)
      expect([start - 1, start, watches.startOf(watch + 1) - 1].map((at) => watches.watchOf(at))).toEqual([
        watch - 1,
        watch,
        watch,
      ])
    }
  })
})

describe('arrivals', () => {
  const options = (timeZone: string, tasksPerDay = 20_000) => ({
    seed: 1,
    watches: createWatches(timeZone, 1),
    tasksPerDay,
    openingMs: 0,
  })
  const ofDay = (zone: string, date: string, tasksPerDay?: number) => {
    const settings = options(zone, tasksPerDay)
    const hours = Array.from({ length: hoursOfLongestWatch(settings.watches) }, (_, hour) => hour)
    return hours.flatMap((hour) => arrivalsOf(settings, 0, dayOf(date), hour))
  }
  const byLocalHour = (zone: string, date: string) => {
    const format = new Intl.DateTimeFormat('en', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' })
    const hours = Array.from({ length: 24 }, () => 0)
    for (const { atMs } of ofDay(zone, date)) hours[Number(format.format(atMs))]! += 1
    return hours
  }

  it('peak at ten on the local clock, wherever that is', () => {
    for (const zone of ['Europe/Berlin', 'America/Los_Angeles', 'Australia/Sydney']) {
      const hours = byLocalHour(zone, '2026-06-10')
      expect(hours[10]!).toBeGreaterThan(1600)
      expect(hours[2]!).toBeLessThan(120)
    }
  })

  it('have one hour less on the short day and twice the same hour on the long one', () => {
    expect(byLocalHour('Europe/Berlin', '2026-03-28')[2]).toBe(0)
    const [long, usual] = [
      byLocalHour('Europe/Berlin', '2026-10-24')[2]!,
      byLocalHour('Europe/Berlin', '2026-10-17')[2]!,
    ]
    expect(long / usual).toBeGreaterThan(1.4)
    expect(long / usual).toBeLessThan(2.9)
  })

  it('are fewer at weekends, and a week has seven days of them', () => {
    const counts = ['08', '09', '10', '11', '12', '13', '14'].map((day) => ofDay('UTC', `2026-06-${day}`, 2000).length)
    const [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = counts as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    expect(Math.max(saturday, sunday)).toBeLessThan(Math.min(monday, tuesday, wednesday, thursday, friday))
    expect(Math.abs(counts.reduce((sum, count) => sum + count, 0) - 14_000)).toBeLessThan(500)
  })

  it('are not there before the opening, and keep their names', () => {
    const settings = options('UTC')
    const all = arrivalsOf(settings, 0, dayOf('2026-06-10'), 5)
    const openingMs = all[Math.floor(all.length / 2)]!.atMs
    const later = arrivalsOf({ ...settings, openingMs }, 0, dayOf('2026-06-10'), 5)
    expect(later).toEqual(all.filter(({ atMs }) => atMs >= openingMs))
  })
})
