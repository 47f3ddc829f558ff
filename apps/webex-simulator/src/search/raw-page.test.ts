import { describe, expect, it } from 'vitest'
import { ROOTS } from './field-table.ts'
import { checkExtFilterScan, rawPage } from './raw-page.ts'

const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ id: String(index) }))

describe('rawPage', () => {
  it('ends after 100,000 tasks, however many there are', () => {
    const many = rows(100_300)
    expect(rawPage(ROOTS.taskDetails, many, '398').pageInfo).toEqual({ hasNextPage: true, endCursor: '399' })
    const last = rawPage(ROOTS.taskDetails, many, '399')
    expect([last.rows.length, last.rows.at(-1)?.['id'], last.pageInfo.hasNextPage]).toEqual([250, '99999', false])
    expect(rawPage(ROOTS.taskDetails, many, '400').rows).toEqual([])
  })

  it('gives legs 500 a page', () => {
    expect(rawPage(ROOTS.taskLegDetails, rows(501), 'NA').rows).toHaveLength(500)
  })

  it('is empty past the end', () => {
    expect(rawPage(ROOTS.taskDetails, rows(3), '7')).toEqual({
      rows: [],
      pageInfo: { hasNextPage: false, endCursor: null },
    })
  })

  it('refuses what is no page number', () => {
    expect(() => rawPage(ROOTS.taskDetails, rows(3), 'second')).toThrow('not a cursor')
  })

  it('goes on after a session that is gone', () => {
    const sessions = ['a', 'c', 'd'].map((agentSessionId) => ({ agentSessionId }))
    expect(rawPage(ROOTS.agentSession, sessions, 'b').rows).toEqual(sessions.slice(1))
  })
})

describe('checkExtFilterScan', () => {
  const everyTenth = (record: { readonly [key: string]: unknown }) => String(record['id']).endsWith('0')
  const everyTwelfth = (record: { readonly [key: string]: unknown }) => Number(record['id']) % 12 === 0

  it('is content when 2,500 records fill the first page', () => {
    expect(() => checkExtFilterScan(ROOTS.taskDetails, rows(2501), everyTenth)).not.toThrow()
  })

  it('answers 413 when they do not', () => {
    expect(() => checkExtFilterScan(ROOTS.taskDetails, rows(2501), everyTwelfth)).toThrow(
      expect.objectContaining({ status: 413 }),
    )
  })

  it('has nothing to say about 2,500 records or fewer', () => {
    expect(() => checkExtFilterScan(ROOTS.taskDetails, rows(2500), everyTwelfth)).not.toThrow()
  })
})
