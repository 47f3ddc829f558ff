import { describe, expect, it } from 'vitest'
import { A, ANSWERED, B, car, countTypes, q1, q2, rowsOf, segment } from '../life.testing.ts'
import type { SegmentInput } from '../segment-task.ts'

describe('Queue (rulings 3, 20, 22, 24; service level)', () => {
  it('moves on at the step of another queue; `dequeued` before it is the old queue’s', () => {
    const task = segment([
      car('parked', 0, 10, q1),
      car('dequeued', 10, 12, q1),
      car('parked', 12, 30, q2),
      car('ended', 30, 30),
    ])
    expect(rowsOf(task, 'Queue')).toMatchObject([
      { source_queue_id: 'q1', queue_time_ms: 12, queue_outcome: 'moved', is_answered: false, service_level: 'Ignore' },
      { source_queue_id: 'q2', queue_time_ms: 18, queue_outcome: 'abandoned', is_answered: false },
    ])
    expect(task.conversation).toMatchObject({ source_first_queue_id: 'q1', source_last_queue_id: 'q2' })
  })

  it('`dequeued` and the same queue again is one row', () => {
    const task = segment([
      car('parked', 0, 10, q1),
      car('dequeued', 10, 12, q1),
      car('parked', 12, 30, q1),
      car('ended', 30, 30),
    ])
    expect(rowsOf(task, 'Queue')).toMatchObject([{ queue_time_ms: 30, parked_time_ms: 28 }])
  })

  it('none for a named agent without a queue', () => {
    const task = segment([car('new', 0, 5), car('connect', 5, 9, B), car('connected', 9, 20, B), car('ended', 20, 20)])
    expect(countTypes(task)).toEqual({ Agent: 1 })
    expect(rowsOf(task, 'Agent')[0]).toMatchObject({
      invitation_time_ms: 4,
      service_level: 'Ignore',
      source_queue_id: null,
    })
  })

  it.each<[string, number, string, boolean, Partial<SegmentInput>]>([
    ['within the source’s threshold', 20_000, 'Met', false, {}],
    ['beyond it', 20_001, 'Missed', false, {}],
    ['within the queue’s own', 25_000, 'Met', false, { slaMsByQueue: new Map([['q1', 30_000]]) }],
  ])('service level %s', (_name, waitMs, verdict, _short, fields) => {
    const cars = [
      car('parked', 0, waitMs, q1),
      car('connected', waitMs, waitMs + 9, A),
      car('ended', waitMs + 9, waitMs + 9),
    ]
    const task = segment(cars, {}, fields)
    expect(rowsOf(task, 'Queue')[0]!.service_level).toBe(verdict)
    expect(rowsOf(task, 'Agent')[0]!.service_level).toBe(verdict)
  })

  it.each([
    [4_999, true, 'Ignore'],
    [5_000, false, 'Missed'],
  ])('abandoned after %i ms: short %s, %s', (waitMs, isShort, verdict) => {
    const task = segment([car('parked', 0, waitMs, q1), car('ended', waitMs, waitMs)])
    expect(rowsOf(task, 'Queue')).toMatchObject([{ is_short_abandon: isShort, service_level: verdict }])
    expect(task.conversation.is_short).toBe(isShort)
  })

  it('handled and then lost in a second queue: both true, stage queue (ruling 24)', () => {
    const task = segment([...ANSWERED, car('vt-transfer', 60, 62, A), car('parked', 62, 90, q2), car('ended', 90, 90)])
    expect(task.conversation).toMatchObject({ is_handled: true, is_abandoned: true, abandoned_stage: 'queue' })
    expect(rowsOf(task, 'Queue')[1]).toMatchObject({
      source_queue_id: 'q2',
      queue_time_ms: 30,
      queue_outcome: 'abandoned',
    })
  })

  it('a queue that the agent of a callback sends the customer to is a row of its own', () => {
    const task = segment([
      car('parked', 0, 10, q1),
      car('optOutOfQueue', 10, 500, q1),
      car('connect', 500, 520, { ...A, ...q1 }),
      car('connected', 520, 600, { ...A, ...q1 }),
      car('vt-transfer', 600, 610, { ...A, ...q1, destinationQueueId: 'q2' }),
      car('parked', 610, 700, { queueId: 'q2' }),
      car('ended', 700, 700),
    ])
    expect(rowsOf(task, 'Queue')).toMatchObject([
      { source_queue_id: 'q1', queue_outcome: 'callback' },
      { source_queue_id: 'q2', queue_outcome: 'abandoned', queue_time_ms: 100 },
    ])
  })

  it('a callback’s second leg is no second row; its ringing is the agent’s invitation (ruling 20)', () => {
    const task = segment([
      car('parked', 0, 10, q1),
      car('optOutOfQueue', 10, 500, q1),
      car('parked', 20, 490, q1),
      car('connect', 500, 507, A),
      car('connected', 507, 600, A),
      car('ended', 600, 600),
    ])
    expect(countTypes(task)).toEqual({ Queue: 1, Agent: 1 })
    expect(rowsOf(task, 'Queue')[0]).toMatchObject({ queue_time_ms: 10, queue_outcome: 'callback', is_answered: false })
    expect(rowsOf(task, 'Agent')[0]).toMatchObject({ invitation_time_ms: 7, service_level: 'Ignore' })
    expect(task.conversation).toMatchObject({ is_callback: true, is_abandoned: false, is_handled: true })
  })
})
