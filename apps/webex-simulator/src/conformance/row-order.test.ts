import { describe, expect, it } from 'vitest'
import { rowOrder } from './row-order.ts'
import { parseAnswer } from './shape.ts'

const orderOf = (rows: readonly object[]) => rowOrder(parseAnswer(JSON.stringify(rows)) as readonly unknown[])
const group = (channel: string | null, queue: string | null) => ({
  channel,
  lastQueue: { name: queue },
  aggregation: [],
})

describe('rowOrder', () => {
  it.each([
    ['nothing to tell', [{ id: 'b' }, { id: 'a' }], undefined],
    ['one row', [{ createdTime: 1 }], undefined],
    ['equal rows', [{ createdTime: 1 }, { createdTime: 1 }], undefined],
    [
      'records',
      [{ createdTime: 3 }, { createdTime: 3 }, { createdTime: 1 }],
      { by: 'createdTime', direction: 'descending' },
    ],
    [
      'no order',
      [{ createdTime: 3 }, { createdTime: 1 }, { createdTime: 2 }],
      { by: 'createdTime', direction: 'neither' },
    ],
    ['sessions', [{ agentSessionId: 'a' }, { agentSessionId: 'b' }], { by: 'agentSessionId', direction: 'ascending' }],
    [
      'groups',
      [group('chat', null), group('chat', 'a'), group('email', null)],
      { by: 'the keys of groups', direction: 'ascending' },
    ],
    [
      'mixed groups',
      [group('chat', 'a'), group('chat', null), group('email', null)],
      { by: 'the keys of groups', direction: 'neither' },
    ],
  ])('%s', (_what, rows, order) => {
    expect(orderOf(rows)).toEqual(order)
  })
})
