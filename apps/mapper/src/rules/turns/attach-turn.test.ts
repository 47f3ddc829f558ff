import { describe, expect, it } from 'vitest'
import { attachTurn, type EngagementSpan } from './attach-turn.ts'
import type { Participant } from './turn-facts.ts'

function row(
  engagement_type: EngagementSpan['engagement_type'],
  from: number,
  to: number | null,
  wrapUp = 0,
): EngagementSpan {
  return {
    engagement_id: `${engagement_type}-${from}`,
    engagement_type,
    start_time_ms: from,
    end_time_ms: to === null ? null : to + wrapUp,
    engagement_time_ms: to === null || engagement_type === 'Menu' ? null : to - from,
  }
}

/** Menu 0-10, Queue 10-20, A 20-50 with wrap-up to 70, Consult 30-40, B 60-90. */
const ROWS = [
  row('Menu', 0, 10),
  row('Queue', 10, 20),
  row('Agent', 20, 50, 20),
  row('Consult', 30, 40),
  row('Agent', 60, 90),
]

describe('attachTurn (model §7-22)', () => {
  it.each<[string, Participant, number, string | null]>([
    ['a customer in the menu', 'Customer', 5, 'Menu-0'],
    ['a customer with an agent', 'Customer', 25, 'Agent-20'],
    ['a customer who waits: nearest earlier', 'Customer', 15, 'Menu-0'],
    ['an agent', 'Agent', 65, 'Agent-60'],
    ['an agent’s last word, as the row ends', 'Agent', 50, 'Agent-20'],
    ['between two agents: the one before', 'Agent', 55, 'Agent-20'],
    ['two agents: the one who came last', 'Agent', 62, 'Agent-60'],
    ['after the end', 'Agent', 500, 'Agent-60'],
    ['an agent before any', 'Agent', 5, null],
    ['a bot speaks in the menu', 'Bot', 5, 'Menu-0'],
    ['an outside party without a row', 'External', 25, null],
  ])('%s', (_name, participant, at, expected) => {
    expect(attachTurn({ participant, turn_time_ms: at, duration_ms: null }, ROWS)).toBe(expected)
  })

  it('a recording that begins before any row belongs to the first that begins in it', () => {
    const rows = [row('Agent', 20, 50), row('Agent', 60, 90)]
    expect(attachTurn({ participant: 'Unknown', turn_time_ms: 15, duration_ms: 70 }, rows)).toBe('Agent-20')
    expect(attachTurn({ participant: 'Unknown', turn_time_ms: 15, duration_ms: 2 }, rows)).toBeNull()
  })

  it('an open row is active', () => {
    expect(attachTurn({ participant: 'Agent', turn_time_ms: 999, duration_ms: null }, [row('Agent', 20, null)])).toBe(
      'Agent-20',
    )
  })

  it('wrap-up is no talk: the survey is', () => {
    const rows = [row('Agent', 20, 50, 20), row('Menu', 52, 58)]
    expect(attachTurn({ participant: 'Customer', turn_time_ms: 55, duration_ms: null }, rows)).toBe('Menu-52')
  })
})
