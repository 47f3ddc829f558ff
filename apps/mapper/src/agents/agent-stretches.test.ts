import { expect, test } from 'vitest'
import { type AgentStretch, wholeStretches } from './agent-stretches.ts'

const MINUTE = 60_000
/** Minutes after a quarter hour. */
const stretch = (from: number, to: number | null, agentId = 'ann'): AgentStretch => ({
  agentId,
  fromMs: from * MINUTE,
  toMs: to === null ? null : to * MINUTE,
})

test.each<[string, AgentStretch[], Record<string, number>, number | null, (string | number)[][]]>([
  ['whole quarter hours', [stretch(16, 29)], {}, null, [['ann', 15, 30]]],
  ['a stretch on the quarter hour is whole already', [stretch(15, 30)], {}, null, [['ann', 15, 30]]],
  ['what meets is one', [stretch(1, 2), stretch(16, 17), stretch(3, 50)], {}, null, [['ann', 0, 60]]],
  [
    'what lies apart is not',
    [stretch(1, 2), stretch(31, 32)],
    {},
    null,
    [
      ['ann', 0, 15],
      ['ann', 30, 45],
    ],
  ],
  [
    'agents are told apart',
    [stretch(1, 2, 'bob'), stretch(20, 21)],
    {},
    null,
    [
      ['ann', 15, 30],
      ['bob', 0, 15],
    ],
  ],
  ['what goes on ends where agent time is complete', [stretch(1, null)], {}, 40, [['ann', 0, 45]]],
  ['which may be unknown', [stretch(1, null)], {}, null, []],
  ['or before it began', [stretch(50, null)], {}, 40, []],
  [
    'an older open state is cut by what is new, so all since then',
    [stretch(20, 21)],
    { ann: 5 },
    60,
    [['ann', 15, 60]],
  ],
  ['a younger one is not', [stretch(20, 21)], { ann: 25 }, 60, [['ann', 15, 30]]],
  ['nor is another agent’s', [stretch(20, 21)], { bob: 5 }, 60, [['ann', 15, 30]]],
  ['what was open was counted up to there', [{ ...stretch(1, 2), wasOpen: true }], {}, 40, [['ann', 0, 45]]],
  ['and may end later', [{ ...stretch(1, 50), wasOpen: true }], {}, 40, [['ann', 0, 60]]],
  [
    'what is known to last longer than agent time is complete keeps its end',
    [stretch(20, 80)],
    { ann: 5 },
    60,
    [['ann', 15, 90]],
  ],
])('%s', (_name, stretches, open, until, expected) => {
  const openStates = new Map(
    Object.entries(open).map(([agentId, minute]) => [agentId, { sinceMs: minute * MINUTE, logoutMs: null }]),
  )
  const whole = wholeStretches(stretches, openStates, until === null ? null : until * MINUTE)
  expect(whole.map(({ agentId, fromMs, toMs }) => [agentId, fromMs / MINUTE, toMs / MINUTE])).toEqual(expected)
})

test('an open state of a login that ended later than agent time is complete was counted up to the logout', () => {
  const openStates = new Map([['ann', { sinceMs: 5 * MINUTE, logoutMs: 70 * MINUTE }]])
  expect(wholeStretches([stretch(20, 21)], openStates, 60 * MINUTE)).toEqual([
    { agentId: 'ann', fromMs: 15 * MINUTE, toMs: 75 * MINUTE },
  ])
})
