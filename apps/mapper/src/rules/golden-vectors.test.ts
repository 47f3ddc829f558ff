import { describe, expect, it } from 'vitest'
import { countTypes, rowsOf, segmentLife } from './life.testing.ts'
import type { EngagementFacts } from './segment/facts.ts'

/** Model §2.5. Breadcrumbs (0 ms), which the table omits, stand where the public sample has them: they show that a flow ran. */
interface Vector {
  readonly name: string
  readonly life: string
  readonly rows: readonly Partial<EngagementFacts>[]
}

const VECTORS: readonly Vector[] = [
  {
    name: 'G1 answered',
    life: 'new 34151 · flow-activity · connect 10120 · connected 22085 · ended · WrapUp 4187',
    rows: [
      { engagement_type: 'Menu', menu_time_ms: 1946, menu_phase: 'entry' },
      {
        engagement_type: 'Queue',
        queue_time_ms: 10120,
        parked_time_ms: 0,
        is_synthetic: true,
        is_answered: true,
        queue_outcome: 'answered',
        service_level: 'Met',
      },
      {
        engagement_type: 'Agent',
        source_agent_id: 'A',
        invitation_time_ms: 10120,
        engagement_time_ms: 22085,
        wrap_up_time_ms: 4187,
      },
    ],
  },
  {
    name: 'G2 hold',
    life: 'new 84998 · flow-activity · connect 14991 · connected 25774 · on-hold 8373 · hold-done 33921 · paused 6743 · resumed · ended · WrapUp 4532',
    rows: [
      { engagement_type: 'Menu', menu_time_ms: 1939 },
      { engagement_type: 'Queue', queue_time_ms: 14991 },
      {
        engagement_type: 'Agent',
        engagement_time_ms: 68068,
        hold_time_ms: 8373,
        hold_count: 1,
        wrap_up_time_ms: 4532,
      },
    ],
  },
  {
    name: 'G3 offers fail, caller leaves',
    life: 'new 1472 · flow-activity · connect 6591 · parked 10318 · connect 1184 · connect 1253 · connect 1228 · connect 1713 · parked 3620 · ended',
    rows: [
      { engagement_type: 'Menu', menu_time_ms: 1472 },
      {
        engagement_type: 'Queue',
        queue_time_ms: 25907,
        parked_time_ms: 13938,
        offer_count: 5,
        is_abandoned: true,
        is_answered: false,
        is_synthetic: false,
        queue_outcome: 'abandoned',
      },
      { engagement_type: 'Invitation', invitation_time_ms: 6591, invitation_result: 'rejected' },
      { engagement_type: 'Invitation', invitation_time_ms: 1184 },
      { engagement_type: 'Invitation', invitation_time_ms: 1253 },
      { engagement_type: 'Invitation', invitation_time_ms: 1228 },
      { engagement_type: 'Invitation', invitation_time_ms: 1713 },
    ],
  },
  {
    name: 'G4 leaves while ringing',
    life: 'new 1214 · flow-activity · connect 28230 · ended',
    rows: [
      { engagement_type: 'Menu', menu_time_ms: 1214 },
      { engagement_type: 'Queue', queue_time_ms: 28230, queue_outcome: 'abandoned' },
    ],
  },
  {
    name: 'G5 offer error',
    life: 'new 1439 · flow-activity · connect 32791 · con-to-agent-error 1137 · parked 266535 · ended',
    rows: [
      { engagement_type: 'Menu', menu_time_ms: 1439 },
      { engagement_type: 'Queue', queue_time_ms: 300463, queue_outcome: 'abandoned', parked_time_ms: 266535 },
      { engagement_type: 'Invitation', invitation_result: 'failed', invitation_time_ms: 32791 },
    ],
  },
  {
    name: 'G6 blind transfer to number',
    life: 'new 87327 · flow-activity · connect 13530 · connected 51659 · blind-transfer 815 · Transferred 20230 · WrapUp 4882 · ended',
    rows: [
      { engagement_type: 'Menu', menu_time_ms: 1093 },
      { engagement_type: 'Queue', queue_time_ms: 13530 },
      {
        engagement_type: 'Agent',
        engagement_time_ms: 52474,
        transfer_out_type: 'blind_number',
        wrap_up_time_ms: 4882,
      },
      { engagement_type: 'External', engagement_time_ms: 20230, agent_type: 'External', wrap_up_time_ms: null },
    ],
  },
  {
    name: 'G7 transfer to queue',
    life: 'new 102104 · flow-activity · parked 529 · connect 15982 · connected 31079 · dequeued 48 · vt-transfer 1700 · WrapUp 6220 · flow-activity · connect 11111 · connected 39544 · ended · WrapUp 4392',
    rows: [
      { engagement_type: 'Menu', menu_time_ms: 2111 },
      { engagement_type: 'Queue', queue_time_ms: 16511, parked_time_ms: 529, source_queue_id: '1' },
      {
        engagement_type: 'Agent',
        source_agent_id: 'A',
        engagement_time_ms: 31127,
        transfer_out_type: 'queue',
        wrap_up_time_ms: 6220,
      },
      { engagement_type: 'Queue', queue_time_ms: 12811, source_queue_id: '2', is_synthetic: true },
      {
        engagement_type: 'Agent',
        source_agent_id: 'B',
        engagement_time_ms: 39544,
        transfer_in_type: 'queue',
        wrap_up_time_ms: 4392,
      },
    ],
  },
  {
    name: 'G8 blind transfer to agent',
    life: 'new 81682 · flow-activity · connect 8990 · connected 34833 · blind-transfer 864 · Transferred 13019 · WrapUp 5221 · connected 23189 · ended · WrapUp 4333',
    rows: [
      { engagement_type: 'Menu', menu_time_ms: 787 },
      { engagement_type: 'Queue', queue_time_ms: 8990 },
      {
        engagement_type: 'Agent',
        source_agent_id: 'A',
        engagement_time_ms: 35697,
        transfer_out_type: 'blind_agent',
        wrap_up_time_ms: 5221,
      },
      {
        engagement_type: 'Agent',
        source_agent_id: 'B',
        invitation_time_ms: 13019,
        engagement_time_ms: 23189,
        transfer_in_type: 'blind',
        wrap_up_time_ms: 4333,
      },
    ],
  },
  {
    name: 'G9 consult-to-queue, transfer',
    life: 'new 1361 · flow-activity · connect 9234 · connected 12815 · ctq 620 · consult 2 · ctq-accepted 37068 · on-hold 36441 · consulting 27149 · ConsultTransfer 843 · Transferred 4 · connected 47195 · WrapUp 39411 · ended · WrapUp 3662',
    rows: [
      { engagement_type: 'Menu', menu_time_ms: 1361 },
      { engagement_type: 'Queue', queue_time_ms: 9234 },
      {
        engagement_type: 'Agent',
        source_agent_id: 'A',
        // connected 12815, then the hold, then ConsultTransfer: by the clock to the moment of `Transferred`.
        engagement_time_ms: 12815 + 36441 + 843,
        hold_time_ms: 36441,
        consult_time_ms: 27149,
        transfer_out_type: 'consult_agent',
        wrap_up_time_ms: 39411,
      },
      { engagement_type: 'Consult', source_agent_id: 'B', engagement_time_ms: 37068, wrap_up_time_ms: null },
      {
        engagement_type: 'Agent',
        source_agent_id: 'B',
        engagement_time_ms: 47195,
        transfer_in_type: 'consult',
        wrap_up_time_ms: 3662,
      },
    ],
  },
  {
    name: 'G10 consult to entry point, comes back',
    life: 'new 130373 · flow-activity · connect 16418 · connected 32800 · consult 752 · on-hold 66423 · consulting 59970 · new 59975 · flow-activity · connect 14070 · connected 44129 · consult-done 5846 · ended · hold-done 13138 · ended · WrapUp 4375',
    rows: [
      { engagement_type: 'Menu', menu_time_ms: 130373 - (16418 + 32800 + 66423 + 13138) },
      { engagement_type: 'Queue', queue_time_ms: 16418 },
      {
        engagement_type: 'Agent',
        source_agent_id: 'A',
        engagement_time_ms: 112361,
        hold_time_ms: 66423,
        consult_time_ms: 59970,
        wrap_up_time_ms: 4375,
        transfer_out_type: null,
      },
      { engagement_type: 'Consult', source_agent_id: 'B', engagement_time_ms: 44129 },
    ],
  },
  {
    name: 'G11 IVR only',
    life: 'new 378 · ended · flow-activity',
    rows: [{ engagement_type: 'Menu', menu_time_ms: 378 }],
  },
  { name: 'G12 campaign no connect', life: 'new 10 · campaignOutbound 40 · ended', rows: [] },
  {
    name: 'G13 callback',
    life: 'new 31646 · ivr-done · parked 51829 · dequeued 95 · ivr-done · parked -1 · optOutOfQueue 825414 · dequeued 3 · callbackFailed 1150284 · WrapUp 31305',
    rows: [
      { engagement_type: 'Menu', menu_time_ms: 31646 },
      {
        engagement_type: 'Queue',
        queue_time_ms: 51924,
        parked_time_ms: 51829,
        queue_outcome: 'callback',
        service_level: 'Ignore',
        is_answered: false,
        is_abandoned: false,
      },
    ],
  },
]

describe('golden vectors (model §2.5)', () => {
  it.each(VECTORS)('$name', ({ life, rows }) => {
    const task = segmentLife(life)
    expect(task.engagements).toMatchObject(rows.map((row) => ({ status: 'Completed', ...row })))
    expect(task.engagements.map((row) => row.sequence_no)).toEqual(rows.map((_, index) => index + 1))
    expect(task.unknownEvents).toEqual([])
    expect(task.conversation.status).toBe('Completed')
  })

  it('G3: every one of the five rejected offers is quick, and the caller abandoned the queue', () => {
    const task = segmentLife(VECTORS[2]!.life)
    expect(countTypes(task)).toEqual({ Menu: 1, Queue: 1, Invitation: 5 })
    expect(task.conversation).toMatchObject({ is_abandoned: true, is_handled: false, abandoned_stage: 'queue' })
  })

  it.each([
    ['G1', 0, { is_handled: true, is_abandoned: false, abandoned_stage: null, direction: 'Inbound' }],
    ['G4', 3, { is_handled: false, is_abandoned: true, abandoned_stage: 'ringing' }],
    ['G11', 10, { is_handled: false, is_abandoned: false, abandoned_stage: 'menu' }],
    ['G12', 11, { is_handled: false, direction: 'Outbound', quality_flags: ['outdial_unanswered'] }],
    ['G13', 12, { is_handled: false, is_abandoned: false, is_callback: true, quality_flags: ['orphan_wrap_up'] }],
  ] as const)('%s: the conversation', (_name, index, expected) => {
    expect(segmentLife(VECTORS[index]!.life).conversation).toMatchObject(expected)
  })

  it('G13: keeps the time of a wrap-up that no row stands under', () => {
    expect(segmentLife(VECTORS[12]!.life).conversation.wrap_up_time_ms).toBe(31305)
  })

  it('G9: the consult belongs to the agent who asked', () => {
    const task = segmentLife(VECTORS[8]!.life)
    const asker = rowsOf(task, 'Agent')[0]!
    expect(rowsOf(task, 'Consult')[0]!.parent_engagement_id).toBe(asker.engagement_id)
  })
})
