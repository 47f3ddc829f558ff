import { describe, expect, it } from 'vitest'
import { bucketer, checkInterval, DAY_MS } from './intervals.ts'

const at = (text: string) => Date.parse(text)

describe('bucketer', () => {
  it('cuts quarter hours in UTC', () => {
    expect(bucketer('FIFTEEN_MINUTES')(at('2026-03-04T10:29:59.999Z'))).toBe(at('2026-03-04T10:15:00Z'))
  })

  it('starts a local day before the UTC one', () => {
    expect(bucketer('DAILY', 'Asia/Kolkata')(at('2023-09-01T01:00:00Z'))).toBe(at('2023-08-31T18:30:00Z'))
  })

  it('starts the day clocks change at that day’s own midnight', () => {
    expect(bucketer('DAILY', 'Europe/Berlin')(at('2026-03-29T12:00:00Z'))).toBe(at('2026-03-28T23:00:00Z'))
  })

  it('starts weeks on Monday and months on the first', () => {
    expect(bucketer('WEEKLY')(at('2026-11-22T23:00:00Z'))).toBe(at('2026-11-16T00:00:00Z'))
    expect(bucketer('MONTHLY')(at('2026-11-22T23:00:00Z'))).toBe(at('2026-11-01T00:00:00Z'))
  })
})

describe('checkInterval', () => {
  it('allows quarter hours for a day and no longer', () => {
    expect(() => checkInterval('FIFTEEN_MINUTES', DAY_MS)).not.toThrow()
    expect(() => checkInterval('FIFTEEN_MINUTES', DAY_MS + 1)).toThrow('not allowed')
    expect(() => checkInterval('HOURLY', 7 * DAY_MS)).not.toThrow()
    expect(() => checkInterval('HOURLY', 7 * DAY_MS + 1)).toThrow('not allowed')
    expect(() => checkInterval('DAILY', 365 * DAY_MS)).not.toThrow()
  })
})
