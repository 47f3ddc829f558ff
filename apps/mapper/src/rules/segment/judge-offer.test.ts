import { describe, expect, it } from 'vitest'
import { judgeOffer, type OfferEvidence } from './judge-offer.ts'
import type { OfferAsked } from './walk-state.ts'

const offer: OfferAsked = { agentId: 'ann', start: 0, end: 18_000, terminationReason: null }
const none: OfferEvidence = { taskId: 't1', notResponding: [], sessionCovers: () => false, ronaTimeoutMs: 18_000 }
const notResponding = (startTimeMs: number, taskId: string | null = 't1', agentId = 'ann') => ({
  ...none,
  sessionCovers: () => true,
  notResponding: [{ agentId, startTimeMs, taskId }],
})

describe('judgeOffer (rulings 9, 10)', () => {
  it.each<[string, Partial<OfferAsked>, OfferEvidence, string, string]>([
    ['not responding, 2 s after', {}, notResponding(20_000), 'missed', 'not_responding'],
    ['not responding, 2.001 s after', {}, notResponding(20_001), 'rejected', 'session'],
    ['not responding, task unnamed', {}, notResponding(17_000, null), 'missed', 'not_responding'],
    ['not responding to another task', {}, notResponding(18_000, 't2'), 'rejected', 'session'],
    ['another agent not responding', {}, notResponding(18_000, 't1', 'bob'), 'rejected', 'session'],
    ['a short offer with that row is missed too', { end: 3_000 }, notResponding(3_000), 'missed', 'not_responding'],
    [
      'the row goes before the reason',
      { terminationReason: 'Declined' },
      notResponding(18_000),
      'missed',
      'not_responding',
    ],
    ['RONA as reason', { end: 900, terminationReason: 'RONA Timer Expired' }, none, 'missed', 'termination_reason'],
    [
      'invite timer',
      { end: 900, terminationReason: 'Participant Invite Timer Expired' },
      none,
      'missed',
      'termination_reason',
    ],
    ['declined', { terminationReason: 'Agent Declined' }, none, 'rejected', 'termination_reason'],
    [
      'the reason goes before the session',
      { terminationReason: 'RONA Timer Expired' },
      { ...none, sessionCovers: () => true },
      'missed',
      'termination_reason',
    ],
    ['a session that shows nothing', {}, { ...none, sessionCovers: () => true }, 'rejected', 'session'],
    ['no session: 1 s before the timeout', { end: 17_000 }, none, 'missed', 'timeout'],
    ['no session: earlier', { end: 16_999 }, none, 'rejected', 'timeout'],
    ['a reason that says nothing', { end: 5, terminationReason: 'Not Found' }, none, 'rejected', 'timeout'],
  ])('%s', (_name, asked, evidence, result, by) => {
    expect(judgeOffer({ ...offer, ...asked }, evidence)).toEqual({ result, evidence: by })
  })
})
