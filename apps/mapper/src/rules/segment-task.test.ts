import { describe, expect, it } from 'vitest'
import { A, ANSWERED, car, segment } from './life.testing.ts'

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
