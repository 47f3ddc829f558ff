import { describe, expect, it } from 'vitest'
import { javaDouble, needsCare } from './json-text.ts'

describe('javaDouble', () => {
  it.each([
    [24, '24.0'],
    [0, '0.0'],
    [212_986, '212986.0'],
    [135_725_710, '1.3572571E8'],
    [10_000_000, '1.0E7'],
    [9_999_999.5, '9999999.5'],
    [0.001, '0.001'],
    [0.00012, '1.2E-4'],
    [-33.25, '-33.25'],
  ])('%d is %s', (value, text) => {
    expect(javaDouble(value)).toBe(text)
    expect(JSON.parse(text)).toBe(value)
  })

  it('knows no infinity', () => {
    expect(javaDouble(Number.POSITIVE_INFINITY)).toBe('null')
  })
})

describe('needsCare', () => {
  it('is true exactly where JSON writes something else than the text', () => {
    const units = Array.from({ length: 65_536 }, (_, unit) => String.fromCharCode(unit))
    const missed = units.filter((unit) => !needsCare(unit) && JSON.stringify(unit) !== `"${unit}"`)
    expect(missed).toEqual([])
    expect(units.filter((unit) => !needsCare(unit)).length).toBeGreaterThan(63_000)
  })
})
