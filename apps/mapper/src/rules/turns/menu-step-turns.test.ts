import { describe, expect, it } from 'vitest'
import { segmentLife } from '../life.testing.ts'
import type { CarRecord, CsrRecord } from '../records.ts'
import { menuStepTurns } from './menu-step-turns.ts'

const TASK = segmentLife('new 2000 · flow-activity · parked 3000 · connect 1000 · connected 5000 · ended')
const menu = TASK.engagements.find((row) => row.engagement_type === 'Menu')!
const at = menu.start_time_ms
const node = (id: string, name: string, offset: number): CarRecord => ({
  id,
  eventName: 'Flow-Activity',
  activityName: name,
  createdTime: at + offset,
})
const csr = (fields: object = {}): CsrRecord => ({ id: TASK.conversation.source_task_id, createdTime: at, ...fields })
const rows = (...ids: string[]) =>
  TASK.engagements.map((row) => (row.engagement_type === 'Menu' ? { ...row, source_record_ids: ids } : row))

describe('steps of the flow are turns of the Menu row', () => {
  it('one per flow-activity of the row, in the order of its records', () => {
    const turns = menuStepTurns(csr(), [node('b', 'menu_2', 20), node('a', 'play-message_1', 10)], rows('a', 'b'))
    expect(turns).toEqual([
      {
        engagement_id: menu.engagement_id,
        source_record_id: 'menu-step:a',
        turn_type: 'Menu Step',
        participant: 'System',
        sequence_no: 1,
        turn_time_ms: at + 10,
        category: 'play-message_1',
        is_time_estimated: false,
      },
      expect.objectContaining({ source_record_id: 'menu-step:b', sequence_no: 2, category: 'menu_2' }),
    ])
  })

  it('the CSR’s list stands in where no record has one, and is marked as estimated', () => {
    const turns = menuStepTurns(csr({ flowActivitySequence: 'play-message_1, menu_2,' }), [], rows())
    expect(
      turns.map(({ category, turn_time_ms, is_time_estimated }) => [category, turn_time_ms, is_time_estimated]),
    ).toEqual([
      ['play-message_1', at, true],
      ['menu_2', at, true],
    ])
  })

  it('nodes of a queue’s flow are no steps of the menu, and the list does not repeat them', () => {
    expect(menuStepTurns(csr({ flowActivitySequence: 'music_1' }), [node('q', 'music_1', 9)], rows())).toEqual([])
  })

  it('without self-service there are none', () => {
    const agents = TASK.engagements.filter((row) => row.engagement_type === 'Agent')
    expect(menuStepTurns(csr({ flowActivitySequence: 'menu_2' }), [node('a', 'menu_2', 1)], agents)).toEqual([])
  })
})
