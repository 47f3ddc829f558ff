import { expect, test } from 'vitest'
import { perAgentAndDay, perDay, perQueueAndQuarterHour, wallQuarterOf } from './nine-metrics.testing.ts'
import type { Script, ScriptedEngagement } from './script.testing.ts'

const MINUTE = 60_000
const EIGHT = Date.parse('2026-11-20T08:00:00Z')
const at = (minute: number) => EIGHT + minute * MINUTE

function fact(given: Partial<ScriptedEngagement> & Pick<ScriptedEngagement, 'type' | 'startTime'>): ScriptedEngagement {
  return {
    taskId: 't1',
    agentId: null,
    queueId: null,
    endTime: null,
    invitationResult: null,
    isAnswered: null,
    menuPhase: null,
    leftTime: null,
    afterWorkMs: null,
    ...given,
  }
}

/** The documented example of customer-journey-model §2.4, with a flow of three minutes and an offer that rang out before it. */
const EXAMPLE: Script = {
  engagements: [
    fact({ type: 'Menu', startTime: at(-3), endTime: at(0), menuPhase: 'entry' }),
    fact({ type: 'Queue', startTime: at(0), endTime: at(15), queueId: 'A', isAnswered: true }),
    fact({
      type: 'Invitation',
      startTime: at(5),
      endTime: at(6),
      agentId: 'b',
      queueId: 'A',
      invitationResult: 'missed',
    }),
    fact({
      type: 'Invitation',
      startTime: at(6),
      endTime: at(7),
      agentId: 'c',
      queueId: 'A',
      invitationResult: 'failed',
    }),
    fact({
      type: 'Agent',
      startTime: at(15),
      endTime: at(40),
      agentId: 'a',
      queueId: 'A',
      leftTime: at(30),
      afterWorkMs: 10 * MINUTE,
    }),
    fact({ type: 'Menu', startTime: at(41), endTime: at(42), menuPhase: 'post_call' }),
  ],
  states: [{ agentId: 'a', stateGroup: 'Available', startTime: at(-10), endTime: null }],
}
const ASKED = { timeZone: 'Europe/Berlin', span: { fromMs: at(-8), toMs: at(20) } }

test('the documented example, per day', () => {
  expect([...perDay(EXAMPLE, ASKED)]).toMatchObject([
    [
      '20261120',
      {
        agent_engagements: 1,
        available_time_ms: 28 * MINUTE,
        engagement_time_ms: 15 * MINUTE,
        menu_time_ms: 3 * MINUTE,
        invitations: 1,
        missed_invitations: 1,
        queue_engagements: 1,
        wait_time_answered_ms: 15 * MINUTE,
        wait_time_all_ms: 15 * MINUTE,
        wrap_up_time_ms: 10 * MINUTE,
      },
    ],
  ])
})

test('per agent, and per queue and the quarter hour in which each row began', () => {
  expect([...perAgentAndDay(EXAMPLE, ASKED).keys()].toSorted()).toEqual(['a 20261120', 'b 20261120', 'c 20261120'])
  expect([...perQueueAndQuarterHour(EXAMPLE, wallQuarterOf('Europe/Berlin'))]).toMatchObject([
    ['A 20261120 36', { queue_engagements: 1, invitations: 1, agent_engagements: 0 }],
    ['A 20261120 37', { queue_engagements: 0, agent_engagements: 1, wrap_up_time_ms: 10 * MINUTE }],
  ])
})

test('a day is the one on the wall there, also when its clocks change', () => {
  // 2026-10-25 in Berlin has 25 hours, from 22:00 to 23:00 UTC; in Lord Howe clocks move by half an hour on 2026-10-04.
  const days = (timeZone: string, ...times: readonly string[]) =>
    times.map((time) => {
      const startTime = Date.parse(time)
      const script = { engagements: [fact({ type: 'Queue', startTime, queueId: 'A' })], states: [] }
      return [...perDay(script, { timeZone, span: { fromMs: 0, toMs: 0 } }).keys()][0]
    })
  expect(days('Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25T22:59:59.999Z', '2026-10-25T23:00:00Z')).toEqual([
    '20261025',
    '20261025',
    '20261026',
  ])
  expect(days('Australia/Lord_Howe', '2026-10-03T13:30:00Z', '2026-10-04T12:59:59Z', '2026-10-04T13:00:00Z')).toEqual([
    '20261004',
    '20261004',
    '20261005',
  ])
})
