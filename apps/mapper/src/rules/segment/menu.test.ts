import { describe, expect, it } from 'vitest'
import { ANSWERED, B, car, flow, q1, rowsOf, segment, segmentLife } from '../life.testing.ts'
import type { CarRecord, CsrRecord } from '../records.ts'

describe('Menu (rulings 5-8, 35)', () => {
  it.each<[string, CarRecord[], Partial<CsrRecord>, object[]]>([
    ['needs a flow', [car('new', 0, 10), car('parked', 10, 20, q1), car('ended', 20, 20)], {}, []],
    [
      'a script id on `new` is one',
      [car('new', 0, 10, { ivrScriptId: 'f1' }), car('ended', 10, 10)],
      {},
      [{ menu_time_ms: 10, agent_type: 'Menu', source_agent_id: 'f1' }],
    ],
    ['not on outdial', [car('new', 0, 10, { ivrScriptId: 'f1' }), car('ended', 10, 10)], { isOutdial: true }, []],
    ['never of 0 ms', [car('new', 0, 0, { ivrScriptId: 'f1' }), car('parked', 0, 9, q1), car('ended', 9, 9)], {}, []],
    [
      'spells its path',
      [
        car('new', 0, 10),
        car('flow-activity', 1, 1, flow),
        car('flow-activity', 5, 5, { activityName: 'Sales' }),
        car('ended', 10, 10),
      ],
      {},
      [{ menu_path: 'Welcome > Sales', menu_phase: 'entry' }],
    ],
    [
      'a treatment in a queue makes none, `ivr-connected` does, and the wait goes on',
      [car('parked', 0, 30, q1), car('treatment', 5, 9), car('ivr-connected', 10, 14), car('ended', 30, 30)],
      {},
      [{ menu_phase: 'in_queue', menu_time_ms: 4 }],
    ],
    [
      'a late breadcrumb makes none',
      [...ANSWERED, car('ended', 60, 60), car('flow-activity', 61, 61, flow)],
      {},
      [{ menu_phase: 'entry' }],
    ],
    [
      'a treatment in the millisecond of the end is no survey',
      [car('new', 0, 10), car('treatment', 10, 12), car('ended', 10, 13)],
      {},
      [{ menu_phase: 'entry' }],
    ],
    [
      'a survey after the end does',
      [...ANSWERED, car('ended', 60, 60), car('ivr-connected', 61, 75)],
      {},
      [{ menu_phase: 'entry' }, { menu_phase: 'post_call', menu_time_ms: 14 }],
    ],
    [
      'self-service after an agent left',
      [...ANSWERED, car('Transferred', 60, 70, { agentId: 'A' }), car('ivr-connected', 70, 90), car('ended', 90, 90)],
      {},
      [{ menu_phase: 'entry' }, { menu_phase: 'after_transfer', transfer_in_type: 'entry_point', menu_time_ms: 30 }],
    ],
  ])('%s', (_name, cars, csr, expected) => {
    expect(rowsOf(segment(cars, csr), 'Menu')).toMatchObject(expected)
  })

  it('an agent who sends the caller back to the flow left to an entry point', () => {
    const task = segment([
      ...ANSWERED,
      car('Transferred', 60, 70, { agentId: 'A' }),
      car('ivr-connected', 70, 90),
      car('connected', 90, 95, B),
      car('ended', 95, 95),
    ])
    expect(rowsOf(task, 'Agent')).toMatchObject([
      { transfer_out_type: 'entry_point' },
      { transfer_in_type: 'entry_point' },
    ])
  })

  it.each([
    ['abandoned', true],
    ['normal', false],
  ])('an exit that ends %s: stage menu, abandoned %s (ruling 7)', (terminationType, isAbandoned) => {
    const { conversation, engagements } = segmentLife('new 378 · flow-activity · ended', { terminationType })
    expect(conversation).toMatchObject({ abandoned_stage: 'menu', is_abandoned: isAbandoned })
    expect(engagements[0]!.is_abandoned).toBe(isAbandoned)
  })

  it('is a Bot row where a virtual agent spoke (ruling 35)', () => {
    const task = segment([...ANSWERED, car('ended', 60, 60)], { botName: 'Ada' })
    expect(rowsOf(task, 'Bot')).toMatchObject([{ agent_type: 'Bot', source_agent_id: 'Ada', engagement_time_ms: 10 }])
    expect(rowsOf(task, 'Menu')).toEqual([])
  })
})
