import { describe, expect, it } from 'vitest'
import { A, ANSWERED, car, countTypes, q1, rowsOf, segment, segmentLife, START_MS } from '../life.testing.ts'

describe('Invitation (rulings 9-11, 15, 16)', () => {
  it('an offer to one agent that another answers is an Invitation of the first', () => {
    const task = segment([
      car('connect', 0, 10, { agentId: 'B', queueId: 'q1' }),
      car('connected', 10, 20, A),
      car('ended', 20, 20),
    ])
    expect(rowsOf(task, 'Invitation')).toMatchObject([
      { source_agent_id: 'B', invitation_time_ms: 10, source_queue_id: 'q1' },
    ])
    expect(rowsOf(task, 'Agent')[0]!.invitation_time_ms).toBeNull()
  })

  it('keeps the evidence', () => {
    const cars = [car('connect', 0, 3000, A), car('parked', 3000, 9000, q1), car('ended', 9000, 9000)]
    const task = segment(cars, {}, { notResponding: [{ agentId: 'A', startTimeMs: START_MS + 3500, taskId: null }] })
    expect(rowsOf(task, 'Invitation')).toMatchObject([
      { invitation_result: 'missed', invitation_evidence: 'not_responding' },
    ])
  })

  const blind = [
    ...ANSWERED,
    car('blind-transfer', 60, 62, { agentId: 'A', destinationAgentId: 'B' }),
    car('Transferred', 62, 90, { agentId: 'A' }),
  ]

  it.each([
    ['System', 1],
    ['Customer', 0],
  ])(
    'a blind transfer that nobody answers, ended by %s: %i invitations, never External (ruling 15)',
    (terminatingEnd, count) => {
      const task = segment([...blind, car('ended', 90, 90)], { terminatingEnd })
      expect(rowsOf(task, 'Invitation')).toHaveLength(count)
      expect(rowsOf(task, 'External')).toEqual([])
      expect(rowsOf(task, 'Agent')[0]).toMatchObject({ transfer_out_type: 'blind_agent', engagement_time_ms: 42 })
    },
  )

  it('unanswered, and A takes the caller back: an Invitation of B, a new row of A', () => {
    const task = segment([...blind, car('connected', 90, 99, A), car('ended', 99, 99)])
    expect(rowsOf(task, 'Invitation')).toMatchObject([{ source_agent_id: 'B', invitation_time_ms: 28 }])
    expect(rowsOf(task, 'Agent')).toMatchObject([
      { source_agent_id: 'A', transfer_out_type: 'blind_agent' },
      { source_agent_id: 'A', transfer_in_type: null },
    ])
  })

  it('a child contact’s missed offers and an unanswered consult make none (ruling 16)', () => {
    const task = segmentLife(
      'new 1262 · flow-activity · connect 5427 · connected 16413 · consult 663 · on-hold 13491 · consulting 8917 · new 1607 · connect 1611 · connect 1145 · parked 965 · consult-done 4336 · ended · ended · WrapUp 11263',
    )
    expect(countTypes(task)).toEqual({ Menu: 1, Queue: 1, Agent: 1 })
  })
})
