import { describe, expect, it } from 'vitest'
import { A, B, ANSWERED, car, countTypes, rowsOf, segment, START_MS } from '../life.testing.ts'
import type { CsrRecord } from '../records.ts'

describe('Outdial and campaign (rulings 18, 19, 32)', () => {
  const dialled = [
    car('new', 0, 10),
    car('connect', 10, 30, A),
    car('connected', 30, 90, A),
    car('ended', 90, 90),
    car('WrapUp', 90, 99, A),
  ]

  it.each<[string, Partial<CsrRecord>]>([
    ['isOutdial', { isOutdial: true }],
    ['isCampaign', { isCampaign: true }],
    ['direction', { direction: 'outbound' }],
    ['REST’s direction', { direction: 'OUTDIAL' }],
  ])('%s: no Queue despite a queue id, ringing before the agent', (_name, csr) => {
    const task = segment(dialled, csr)
    expect(countTypes(task)).toEqual({ Agent: 1 })
    expect(rowsOf(task, 'Agent')[0]).toMatchObject({
      invitation_time_ms: 20,
      preparation_time_ms: null,
      start_time_ms: START_MS + 30,
      service_level: 'Ignore',
    })
    expect(task.conversation).toMatchObject({ direction: 'Outbound', is_handled: true })
  })

  it('a preview is preparation', () => {
    const task = segment(dialled, { isOutdial: true, outdialType: 'PREVIEW' })
    expect(rowsOf(task, 'Agent')[0]).toMatchObject({ preparation_time_ms: 10, invitation_time_ms: 20 })
  })

  it('an unanswered attempt is a conversation alone, and its wrap-up keeps its time there', () => {
    const task = segment(
      [car('new', 0, 10), car('connect', 10, 30, A), car('ended', 30, 30), car('WrapUp', 30, 38, A)],
      { isOutdial: true },
    )
    expect(task.engagements).toEqual([])
    expect(task.conversation).toMatchObject({
      status: 'Completed',
      is_abandoned: false,
      wrap_up_time_ms: 8,
      quality_flags: ['orphan_wrap_up', 'outdial_unanswered'],
    })
  })

  it('an internal call is one whose origin is an agent (ruling 35)', () => {
    expect(segment(ANSWERED, {}, { isOriginAgent: true }).conversation.direction).toBe('Internal')
  })

  it('offers to agents while dialling are no invitations', () => {
    const cars = [car('connect', 0, 9, A), car('connect', 9, 20, B), car('connected', 20, 30, B), car('ended', 30, 30)]
    expect(countTypes(segment(cars, { isOutdial: true }))).toEqual({ Agent: 1 })
  })
})
