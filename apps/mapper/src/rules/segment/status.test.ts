import { describe, expect, it } from 'vitest'
import { A, ANSWERED, car, q1, rowsOf, segment, START_MS } from '../life.testing.ts'
import type { CarRecord } from '../records.ts'
import type { SegmentInput } from '../segment-task.ts'

describe('Status (rulings 23, 25)', () => {
  const open = { isActive: true, endedTime: -1 }

  it('closed segments of an open task are Completed; every fact of the open row is null', () => {
    const task = segment([...ANSWERED.slice(0, 3), car('connected', 20, null, A)], open)
    expect(task.engagements.map((row) => [row.engagement_type, row.status])).toEqual([
      ['Menu', 'Completed'],
      ['Queue', 'Completed'],
      ['Agent', 'In Progress'],
    ])
    const facts = Object.entries(task.engagements[2]!).filter(([name]) => /(_time_ms|_count)$/.test(name))
    const set = facts.filter(([, value]) => value !== null).map(([name]) => name)
    expect(set).toEqual(['conversation_start_time_ms', 'start_time_ms'])
    expect(task.conversation).toMatchObject({
      status: 'In Progress',
      end_time_ms: null,
      is_handled: true,
      is_abandoned: null,
    })
  })

  it('an open queue is neither answered nor not', () => {
    const task = segment([car('parked', 0, null, q1)], open)
    expect(rowsOf(task, 'Queue')).toMatchObject([
      { is_answered: null, queue_time_ms: null, end_time_ms: null, queue_outcome: null, service_level: null },
    ])
    expect(task.conversation).toMatchObject({ is_handled: null, is_offered: null })
  })

  it('a number without an agent behind it is External while the call runs; an agent is not', () => {
    const sentTo = (destination: Partial<CarRecord>) =>
      segment(
        [
          ...ANSWERED,
          car('blind-transfer', 60, 62, { ...A, ...destination }),
          car('Transferred', 62, null, { ...A, ...destination }),
        ],
        open,
      )
    expect(rowsOf(sentTo({ destinationAgentPhoneNumber: 13125559001 }), 'External')).toMatchObject([
      { status: 'In Progress', start_time_ms: START_MS + 62, end_time_ms: null },
    ])
    expect(rowsOf(sentTo({ destinationAgentId: 'B', destinationAgentPhoneNumber: 13125552001 }), 'External')).toEqual(
      [],
    )
    expect(rowsOf(sentTo({}), 'External')).toEqual([])
  })

  it('a transfer to a queue that nobody has seen yet is an open Queue row', () => {
    const task = segment([...ANSWERED, car('vt-transfer', 60, null, { ...A, destinationQueueId: 'q2' })], open)
    expect(rowsOf(task, 'Queue')[1]).toMatchObject({
      source_queue_id: 'q2',
      status: 'In Progress',
      start_time_ms: START_MS + 60,
    })
  })

  it('while only wrap-up runs: row open but for its engagement, conversation Completed', () => {
    const task = segment([...ANSWERED, car('ended', 60, 60), car('WrapUp', 61, null, A)])
    expect(rowsOf(task, 'Agent')).toMatchObject([
      { status: 'In Progress', end_time_ms: null, engagement_time_ms: 40, wrap_up_time_ms: null },
    ])
    expect(task.conversation.status).toBe('Completed')
  })

  it.each<[string, CarRecord[], Partial<SegmentInput>, string]>([
    ['missing_ended', [...ANSWERED], {}, 'missing_ended'],
    ['negative_interval', [...ANSWERED, car('on-hold', 60, 50, A), car('ended', 60, 60)], {}, 'negative_interval'],
    ['car_count_mismatch', [...ANSWERED, car('ended', 60, 60)], { carsComplete: false }, 'car_count_mismatch'],
    [
      'agent_without_connected',
      [car('parked', 0, 5, q1), car('on-hold', 5, 9, A), car('ended', 9, 9)],
      {},
      'agent_without_connected',
    ],
  ])('%s corrupts the conversation and all its rows', (_name, cars, fields, flag) => {
    const task = segment(cars, {}, fields)
    expect(task.conversation.status).toBe('Corrupted')
    expect(task.conversation.quality_flags).toContain(flag)
    for (const row of task.engagements)
      expect(row).toMatchObject({ status: 'Corrupted', quality_flags: expect.arrayContaining([flag]) })
  })

  it('what was never seen is null, not guessed', () => {
    const task = segment([car('parked', 0, 5, q1), car('on-hold', 5, 9, A), car('ended', 9, 9)])
    expect(rowsOf(task, 'Agent')).toMatchObject([{ engagement_time_ms: null, hold_time_ms: 4 }])
  })

  it('a sum with a negative part is null', () => {
    const task = segment([...ANSWERED, car('on-hold', 60, 50, A), car('ended', 60, 60)])
    expect(rowsOf(task, 'Agent')).toMatchObject([{ engagement_time_ms: 40, hold_time_ms: null }])
  })

  it('an open task that is not read whole is no corrupted one yet', () => {
    const task = segment(ANSWERED, open, { carsComplete: false })
    expect(task.conversation).toMatchObject({ status: 'In Progress', is_car_complete: false, quality_flags: [] })
  })

  it('an unknown event is kept, named and flagged, never fatal', () => {
    const task = segment([...ANSWERED, car('levitated', 30, 31, A), car('ended', 60, 60)])
    expect(task.unknownEvents).toEqual(['levitated'])
    expect(task.conversation).toMatchObject({ status: 'Completed', quality_flags: ['unknown_event'] })
  })

  it('a task without any CAR is a conversation', () => {
    expect(segment([], open)).toMatchObject({ engagements: [], conversation: { car_count: 0, status: 'In Progress' } })
  })

  it('ends when the CSR says so, else with the last step', () => {
    const cars = [...ANSWERED, car('ended', 60, 60)]
    expect(segment(cars, { endedTime: START_MS + 62 }).conversation.end_time_ms).toBe(START_MS + 62)
    expect(segment(cars, { endedTime: -1 }).conversation.end_time_ms).toBe(START_MS + 60)
  })
})
