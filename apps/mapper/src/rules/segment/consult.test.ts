import { describe, expect, it } from 'vitest'
import { A, ANSWERED, B, car, rowsOf, segment, START_MS } from '../life.testing.ts'

const consult = (fields: object) => [
  ...ANSWERED.slice(0, 3),
  car('connected', 20, 30, A),
  car('consult', 30, 33, fields),
  car('on-hold', 30, 50, A),
  car('consulting', 33, 48, fields),
  car('consult-done', 48, 50, fields),
  car('hold-done', 50, 60, A),
  car('ended', 60, 60),
]

describe('Consult and conference (rulings 12-14, 33)', () => {
  const asked = { agentId: 'A', destinationAgentId: 'B' }

  it('a consult of an agent is one Consult row, from `consulting`; of a number, none', () => {
    expect(rowsOf(segment(consult(asked)), 'Consult')).toMatchObject([{ source_agent_id: 'B', engagement_time_ms: 15 }])
    const toNumber = segment(consult({ agentId: 'A' }))
    expect(rowsOf(toNumber, 'Consult')).toEqual([])
    expect(rowsOf(toNumber, 'Agent')[0]).toMatchObject({
      consult_time_ms: 15,
      hold_time_ms: 20,
      engagement_time_ms: 40,
    })
  })

  it('two consults of one hold are two rows', () => {
    const task = segment([
      ...ANSWERED.slice(0, 3),
      car('connected', 20, 30, A),
      car('on-hold', 30, 80, A),
      car('consult', 30, 31, asked),
      car('consulting', 31, 40, asked),
      car('consult-done', 40, 45, asked),
      car('consult', 45, 46, { agentId: 'A', destinationAgentId: 'C' }),
      car('consulting', 46, 70, { agentId: 'A', destinationAgentId: 'C' }),
      car('ended', 80, 80),
    ])
    expect(rowsOf(task, 'Consult')).toMatchObject([
      { source_agent_id: 'B' },
      { source_agent_id: 'C', engagement_time_ms: 24 },
    ])
  })

  const conference = [
    ...ANSWERED.slice(0, 3),
    car('connected', 20, 30, A),
    car('consulting', 30, 40, asked),
    car('Conference', 40, 41, asked),
    car('conferencing', 41, 70, asked),
  ]

  it('a conference partner’s row spans `conferencing`; wrap-ups go to each one’s own row (ruling 14)', () => {
    const task = segment([
      ...conference,
      car('conference-done', 70, 90, A),
      car('WrapUp', 72, 75, B),
      car('ended', 90, 90),
      car('WrapUp', 91, 99, { agentId: 'A' }),
    ])
    expect(rowsOf(task, 'Agent')).toMatchObject([
      {
        source_agent_id: 'A',
        engagement_time_ms: 70,
        conference_time_ms: 29,
        wrap_up_time_ms: 8,
        transfer_out_type: null,
      },
      {
        source_agent_id: 'B',
        engagement_time_ms: 29,
        engagement_subtype: 'conference',
        transfer_in_type: 'conference',
        wrap_up_time_ms: 3,
        end_time_ms: START_MS + 75,
      },
    ])
  })

  it('A wraps up while the conference runs: handed over, B stays to the end', () => {
    const task = segment([
      ...conference.slice(0, -1),
      car('conferencing', 41, 65, asked),
      car('WrapUp', 60, 65, { agentId: 'A' }),
      car('ended', 90, 90),
    ])
    expect(rowsOf(task, 'Agent')).toMatchObject([
      { source_agent_id: 'A', engagement_time_ms: 40, transfer_out_type: 'consult_agent', wrap_up_time_ms: 5 },
      { source_agent_id: 'B', engagement_time_ms: 49 },
    ])
  })

  it('several wrap-ups of one agent: each to the latest row begun before it, added up (ruling 33)', () => {
    const task = segment(
      [
        ...ANSWERED,
        car('Transferred', 60, 65, { agentId: 'A' }),
        car('WrapUp', 60, 64, A),
        car('WrapUp', 64, 65, A),
        car('connected', 65, 70, B),
        car('Transferred', 70, 75, B),
        car('connected', 75, 80, A),
        car('ended', 80, 80),
        car('WrapUp', 80, 95, A),
      ],
      { lastWrapUpCodeId: 'w9' },
    )
    expect(rowsOf(task, 'Agent')).toMatchObject([
      { source_agent_id: 'A', wrap_up_time_ms: 5, end_time_ms: START_MS + 65, source_wrap_up_code_id: null },
      { source_agent_id: 'B', wrap_up_time_ms: null },
      { source_agent_id: 'A', wrap_up_time_ms: 15, end_time_ms: START_MS + 95, source_wrap_up_code_id: 'w9' },
    ])
  })

  it('a conference told once for each agent is one row of the partner', () => {
    const twice = { ...car('conferencing', 42, 70, B), id: 'the-partners-own' }
    const task = segment([...conference, twice, car('ended', 90, 90)])
    expect(rowsOf(task, 'Agent')).toMatchObject([
      { source_agent_id: 'A', conference_time_ms: 29 },
      { source_agent_id: 'B', engagement_time_ms: 29, conference_time_ms: 29 },
    ])
  })

  it('a consult transfer to the agent consulted is never External, though the transfer itself names nobody', () => {
    const task = segment([
      ...ANSWERED.slice(0, 3),
      car('connected', 20, 30, A),
      car('consulting', 30, 40, asked),
      car('ConsultTransfer', 40, 41, A),
      car('Transferred', 41, 60, A),
      car('ended', 60, 60),
    ])
    expect(rowsOf(task, 'External')).toEqual([])
    expect(rowsOf(task, 'Agent')).toMatchObject([{ transfer_out_type: 'consult_agent', engagement_time_ms: 21 }])
  })

  it('whoever keeps the customer of an open task has an open row', () => {
    const open = { isActive: true, endedTime: -1 }
    const cars = [
      ...conference.slice(0, -1),
      car('conferencing', 41, 65, asked),
      car('WrapUp', 60, 65, { agentId: 'A' }),
    ]
    expect(rowsOf(segment(cars, open), 'Agent')).toMatchObject([
      { source_agent_id: 'A', status: 'Completed' },
      { source_agent_id: 'B', status: 'In Progress', engagement_time_ms: null },
    ])
  })
})
