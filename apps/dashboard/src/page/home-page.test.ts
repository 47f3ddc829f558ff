import { describe, expect, it } from 'vitest'
import { type WindowCell, groupByDay } from '../read/completeness.ts'
import type { Overview, SourceOverview } from '../read/overview.ts'
import { describeDay } from './completeness-map.ts'
import { renderHomePage } from './home-page.ts'
import { html } from './html.ts'
import { formatAge, formatBytes } from './wording.ts'

const NOW = Date.UTC(2026, 10, 22, 14, 52)

function cell(startMs: number, changes: Partial<WindowCell> = {}): WindowCell {
  return {
    startMs,
    state: 'verified',
    expected: 5,
    stored: 5,
    incomplete: 0,
    openRecords: 0,
    finding: null,
    ...changes,
  }
}

function page(changes: Partial<SourceOverview>): string {
  const source: SourceOverview = {
    key: 'acme',
    displayName: 'Acme',
    state: 'active',
    days: [],
    maps: [],
    olderGaps: { windows: 0, oldestMs: null },
    due: { windows: 0, oldestMs: null },
    backlog: [],
    captures: [],
    requests: [],
    budget: null,
    history: null,
    connection: null,
    ...changes,
  }
  const overview: Overview = { nowMs: NOW, sources: [source], deadLetters: { total: 0, latest: [] } }
  return renderHomePage(overview, { name: 'sample', role: 'viewer', method: 'password' }).replaceAll(/\s+/g, ' ')
}

describe('home page', () => {
  it('escapes every value, in text and in attributes', () => {
    const markup = html`<i title="${'"><script>'}">${'<b>&'}</i>${[html`<u>${1}</u>`]}`.markup
    expect(markup).toBe('<i title="&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;</i><u>1</u>')
    expect(page({ displayName: '<script>alert(1)</script>' })).not.toContain('<script>')
  })

  it('says when a connection ends, and why a lost one is lost', () => {
    const day = 24 * 3_600_000
    const at = { alarmedDays: 7, endsAtMs: NOW + 6 * day, consentCode: null }
    expect(page({ connection: at })).toContain('The connection ends in 6 d 0 h: consent again')
    const lost = { alarmedDays: 0, endsAtMs: NOW - day, consentCode: 'refresh_expired' }
    expect(page({ connection: lost })).toContain('The connection is lost. The refresh token has run out')
    expect(page({ connection: { ...at, alarmedDays: null } })).not.toContain('The connection')
  })

  it('says complete only when nothing that is due is unproved', () => {
    const maps = [{ stream: 'task' as const, days: groupByDay([cell(Date.UTC(2026, 10, 22))]) }]
    expect(page({ maps })).toContain('Every quarter hour that is due is complete.')
    const behind = page({ maps, due: { windows: 1, oldestMs: Date.UTC(2026, 10, 22, 10) } })
    expect(behind).toContain(
      '1 quarter hour is due and not proved yet; the oldest begins 22 Nov 10:00 (4 h 52 min ago)',
    )
    expect(behind).not.toContain('is complete.')
    expect(behind).toContain('<title>1 behind · wxcc-pipeline</title>')
    expect(page({ maps: [] })).toContain('No quarter hour has been opened yet.')
    expect(page({ maps, state: 'stopped' })).toContain('This source is stopped')
  })

  it('tells what is wrong with a quarter hour in words, not by colour alone', () => {
    const short = cell(Date.UTC(2026, 10, 22, 10), {
      state: 'short',
      stored: 3,
      incomplete: 1,
      finding: 'rows_missing',
    })
    const markup = page({ maps: [{ stream: 'task', days: groupByDay([short]) }] })
    expect(markup).toContain(
      'title="22 Nov 10:00: records missing, 3 of 5 stored, 1 incomplete. The source counts records',
    )
    expect(markup).toContain('<ul class="findings">')
  })

  it('says until when work waits for requests, and whether more workers would help', () => {
    const budget = {
      sources: ['acme'],
      perMinute: 270,
      limitPerMinute: 300,
      isSlowed: false,
      closedUntil: null,
      sentPerMinute: 260,
      requestsUnderWay: 540,
      requestsWaiting: 2_160,
      drainPerMinute: 270,
      drainedAt: new Date(NOW + 10 * 60_000),
      isTheLimit: true,
      areWorkersTheLimit: false,
    }
    expect(page({ budget })).toContain(
      '2,700 requests wait for the budget of 270 a minute until about 22 Nov 15:02. More workers will not help',
    )
    expect(page({ budget: { ...budget, isTheLimit: false } })).not.toContain('workers')
    expect(page({ budget: { ...budget, isTheLimit: false, areWorkersTheLimit: true } })).toContain(
      'until about 22 Nov 15:02. Less is sent than allowed: more workers would help',
    )
    expect(page({ budget: { ...budget, closedUntil: new Date(NOW + 60_000) } })).toContain(
      'Waits for the vendor until 22 Nov 14:53: it answered 429.',
    )
    expect(page({ budget: { ...budget, drainedAt: null } })).not.toContain('wait for')
  })

  it('says how far the history is and when it will be done, or what it waits for', () => {
    const history = {
      historyId: 1,
      source: 'acme',
      from: new Date('2025-10-22T00:00:00Z'),
      until: new Date('2026-11-20T00:00:00Z'),
      state: 'running',
      isPaused: false,
      records: { task: 8_000 },
      requests: 1_000,
      byteSize: 2_500_000,
      windows: 10,
      windowsProved: 6,
      recordsProved: 4_999,
      requestsSent: 640,
      standing: 'running',
      part: 4_999 / 8_000,
      recordsTotal: 8_000,
      requestsLeft: 375,
      finishedAt: new Date(NOW + 10 * 60_000),
    } as const
    const markup = page({ history })
    expect(markup).toContain('22 Oct 2025 to 20 Nov 2026: ')
    expect(markup).toContain('done by about 22 Nov 15:02')
    expect(markup).toContain('value="62"')
    expect(markup).toContain('4,999 of 8,000')
    expect(page({ history: { ...history, standing: 'paused', finishedAt: null } })).toContain(
      'wxcc history resume --source acme',
    )
    expect(page({ history: { ...history, standing: 'planned' } })).toContain('wxcc apply --source acme')
    expect(page({ history: { ...history, standing: 'done' } })).toContain('✓ complete')
    expect(page({})).not.toContain('History</h2>')
  })

  it('keeps gaps in sight that lie before the days shown', () => {
    const markup = page({ olderGaps: { windows: 12, oldestMs: Date.UTC(2026, 9, 1) } })
    expect(markup).toContain('12 quarter hours are not complete yet')
  })
})

describe('groupByDay', () => {
  it('puts each window in its place of a UTC day, the newest day first, and leaves the rest empty', () => {
    const days = groupByDay([cell(Date.UTC(2026, 10, 21, 23, 45)), cell(Date.UTC(2026, 10, 22, 0, 15))])
    expect(days.map((day) => new Date(day.dayStartMs).toISOString().slice(0, 10))).toEqual(['2026-11-22', '2026-11-21'])
    expect(days.map((day) => day.cells.findIndex((c) => c !== null))).toEqual([1, 95])
    expect(days.every((day) => day.cells.length === 96)).toBe(true)
    expect(describeDay(days[0]!)).toBe('Sun 22 Nov: 1 complete')
  })
})

it('formats ages and sizes', () => {
  expect([0, 59, 60, 200, 48 * 60 + 120].map((minutes) => formatAge(minutes * 60_000))).toEqual([
    '0 min',
    '59 min',
    '1 h',
    '3 h 20 min',
    '2 d 2 h',
  ])
  expect([999, 4_200_000].map(formatBytes)).toEqual(['999 B', '4.2 MB'])
})
