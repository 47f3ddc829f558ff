import { describe, expect, it } from 'vitest'
import { A, ANSWERED, car, flow, q1, segment } from './life.testing.ts'

describe('lineage', () => {
  it('ids depend on source, type and opening CAR alone; a late CAR does not move them', () => {
    const whole = segment([...ANSWERED, car('ended', 60, 60), car('WrapUp', 60, 70, A)])
    const early = segment(ANSWERED, { isActive: true })
    expect(early.engagements.map((row) => row.engagement_id)).toEqual(whole.engagements.map((row) => row.engagement_id))
    const other = segment(
      ANSWERED,
      {},
      { source: { dataSourceKey: 'prod', ronaTimeoutMs: 1, serviceLevelMs: 1, shortAbandonMs: 1 } },
    )
    expect(other.engagements[0]!.engagement_id).not.toBe(whole.engagements[0]!.engagement_id)
  })

  it('names the CARs a row came from', () => {
    const [menu, queue, agent] = segment([...ANSWERED, car('ended', 60, 60), car('WrapUp', 60, 70, A)]).engagements
    const ids = ANSWERED.map((each) => each.id)
    expect(menu).toMatchObject({
      anchor_record_id: ids[0],
      source_record_ids: expect.arrayContaining([ids[0], ids[1]]),
    })
    expect(queue).toMatchObject({ anchor_record_id: ids[2], source_record_ids: [ids[2]] })
    expect(agent!.anchor_record_id).toBe(ids[3])
    expect(agent!.source_record_ids).toHaveLength(3)
  })
})

describe('digital tasks (model §2.3-14)', () => {
  it.each([
    ['chat', 'Chat'],
    ['email', 'Email'],
    ['workItem', 'Task'],
  ])('%s: the same steps, the same rows', (channelType, expected) => {
    const cars = [
      car('new', 0, 10),
      car('flow-activity', 2, 2, flow),
      car('parked', 10, 15, q1),
      car('connect', 15, 20, A),
      car('connected', 20, 60, A),
      car('ended', 60, 60),
      car('WrapUp', 60, 70, A),
    ]
    const task = segment(cars, { channelType })
    expect(task.engagements).toMatchObject([
      { engagement_type: 'Menu', channel_type: expected, menu_time_ms: 10 },
      { engagement_type: 'Queue', queue_time_ms: 10, parked_time_ms: 5 },
      { engagement_type: 'Agent', engagement_time_ms: 40, wrap_up_time_ms: 10 },
    ])
  })
})
