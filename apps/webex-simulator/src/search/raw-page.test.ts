import { describe, expect, it } from 'vitest'
import { ROOTS } from './field-table.ts'
import { createExtFilterScan, neededFor, rawPage } from './raw-page.ts'

const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index))

describe('rawPage', () => {
  it('ends after 100,000 tasks, however many there are', () => {
    const many = ids(100_300)
    expect(rawPage(ROOTS.taskDetails, many, '398').pageInfo).toEqual({ hasNextPage: true, endCursor: '399' })
    const last = rawPage(ROOTS.taskDetails, many, '399')
    expect([last.ids.length, last.ids.at(-1), last.pageInfo.hasNextPage]).toEqual([250, '99999', false])
    expect(rawPage(ROOTS.taskDetails, many, '400').ids).toEqual([])
  })

  it('gives legs 500 a page', () => {
    expect(rawPage(ROOTS.taskLegDetails, ids(501), 'NA').ids).toHaveLength(500)
  })

  it('is empty past the end', () => {
    expect(rawPage(ROOTS.taskDetails, ids(3), '7')).toEqual({
      ids: [],
      pageInfo: { hasNextPage: false, endCursor: null },
    })
  })

  it('refuses what is no page number', () => {
    expect(() => rawPage(ROOTS.taskDetails, ids(3), 'second')).toThrow('not a cursor')
  })

  it('goes on after a session that is gone', () => {
    expect(rawPage(ROOTS.agentSession, ['a', 'c', 'd'], 'b').ids).toEqual(['c', 'd'])
  })
})

describe('neededFor', () => {
  it('is the page and one row more, never above 100,000; sessions are ordered by id and need all', () => {
    expect(neededFor(ROOTS.taskDetails, undefined)).toBe(251)
    expect(neededFor(ROOTS.taskLegDetails, '2')).toBe(1501)
    expect(neededFor(ROOTS.taskDetails, '100000')).toBe(100_000)
    expect(neededFor(ROOTS.agentSession, 'NA')).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('createExtFilterScan', () => {
  const scan = (records: number, everyNth: number) => () => {
    const scanned = createExtFilterScan(ROOTS.taskDetails)
    for (let at = 0; at < records; at++) scanned(at % everyNth === 0)
  }

  it('is content when 2,500 records fill the first page', () => {
    expect(scan(2501, 10)).not.toThrow()
  })

  it('answers 413 when they do not', () => {
    expect(scan(2501, 12)).toThrow(expect.objectContaining({ status: 413 }))
  })

  it('has nothing to say about 2,500 records or fewer', () => {
    expect(scan(2500, 12)).not.toThrow()
  })
})
