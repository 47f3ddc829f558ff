import { describe, expect, it } from 'vitest'
import type { RecordOf } from '../world.ts'
import { aggregate, groupCursor, groupPage } from './aggregate.ts'
import { groupKeys, readAggregation } from './aggregation-request.ts'
import type { AggregationInput } from './aggregation-request.ts'
import { ROOTS } from './field-table.ts'
import type { RootName } from './field-table.ts'

function run(root: RootName, records: readonly RecordOf[], inputs: readonly AggregationInput[], ...paths: string[]) {
  const plan = {
    root: ROOTS[root],
    aggregations: inputs.map((input) => readAggregation(ROOTS[root], input)),
    keys: groupKeys(
      ROOTS[root],
      paths.map((path) => ({ path, args: {} })),
    ),
    bucketOf: undefined,
    newestBucketFirst: false,
  }
  return { plan, groups: aggregate(plan, records) }
}

const figures = (group: { readonly aggregation: readonly { name: string; value: number | null }[] } | undefined) =>
  Object.fromEntries((group?.aggregation ?? []).map(({ name, value }) => [name, value]))

const tasks = [
  {
    id: 'a',
    channelType: 'telephony',
    totalDuration: 10,
    lastQueue: { id: 'q1' },
    activities: {
      nodes: [
        { id: '1', duration: 4 },
        { id: '2', duration: 6 },
      ],
    },
  },
  {
    id: 'b',
    channelType: 'telephony',
    totalDuration: 20,
    lastQueue: null,
    activities: { nodes: [{ id: '3', duration: 5 }] },
  },
  { id: 'c', channelType: 'chat', totalDuration: null, lastQueue: null, activities: { nodes: [] } },
]

const refuse = (field: string, type: AggregationInput['type']) => () =>
  run('taskDetails', [], [{ field, type, name: 'x' }])

describe('aggregate', () => {
  it('knows six figures, and none of them counts an absent value', () => {
    const types = ['count', 'cardinality', 'sum', 'average', 'min', 'max'] as const
    const { groups } = run(
      'taskDetails',
      tasks,
      types.map((type) => ({ field: 'totalDuration', type, name: type })),
    )
    expect(groups).toHaveLength(1)
    expect(figures(groups[0])).toEqual({ count: 2, cardinality: 2, sum: 30, average: 15, min: 10, max: 20 })
  })

  it('answers one row without records, counts and sums being zero', () => {
    const { groups } = run(
      'taskDetails',
      [],
      [
        { field: 'id', type: 'count', name: 'n' },
        { field: 'totalDuration', type: 'max', name: 'max' },
      ],
    )
    expect(figures(groups[0])).toEqual({ n: 0, max: null })
  })

  it('keeps the group whose key is null', () => {
    const { groups } = run('taskDetails', tasks, [{ field: 'id', type: 'count', name: 'n' }], 'lastQueue.id')
    expect(groups.map(({ values, aggregation }) => [values[0], aggregation[0]?.value])).toEqual([
      [null, 2],
      ['q1', 1],
    ])
  })

  it('weighs a record once though its activities unfold', () => {
    const { groups } = run('taskDetails', tasks, [
      { field: 'id', type: 'count', name: 'tasks' },
      { field: 'activities.nodes.id', type: 'count', name: 'activities' },
      { field: 'activities.nodes.duration', type: 'sum', name: 'ms' },
    ])
    expect(figures(groups[0])).toEqual({ tasks: 3, activities: 3, ms: 15 })
  })

  it('filters each aggregation by itself', () => {
    const { groups } = run('taskDetails', tasks, [
      { field: 'id', type: 'count', name: 'calls', filter: { channelType: { equals: 'telephony' } } },
      {
        field: 'activities.nodes.duration',
        type: 'average',
        name: 'long',
        extFilter: { activities: { nodes: { duration: { gt: 4 } } } },
      },
    ])
    expect(figures(groups[0])).toEqual({ calls: 2, long: 5.5 })
  })

  it('lists figures in an order of its own', () => {
    const { groups } = run('taskDetails', tasks, [
      { field: 'id', type: 'count', name: 'second' },
      { field: 'totalDuration', type: 'sum', name: 'first' },
    ])
    expect(groups[0]?.aggregation.map(({ name }) => name)).toEqual(['first', 'second'])
  })

  it('orders and names groups by the keys as selected, the bucket at its place', () => {
    const { plan } = run('taskDetails', [], [{ field: 'id', type: 'count', name: 'n' }], 'status', 'channelType')
    const bucketed = { ...plan, bucketAt: 1, bucketOf: (record: RecordOf) => Number(record['createdTime']) }
    const rows = [
      { status: 'new', createdTime: 1, channelType: 'chat' },
      { status: 'ended', createdTime: 2, channelType: 'chat' },
      { status: 'ended', createdTime: 1, channelType: 'email' },
      { status: null, createdTime: 3, channelType: 'chat' },
    ]
    const groups = aggregate(bucketed, rows)
    expect(groups.map((group) => groupCursor(bucketed, group))).toEqual([
      'status=null::intervalStartTime=3::channelType=chat',
      'status=ended::intervalStartTime=1::channelType=email',
      'status=ended::intervalStartTime=2::channelType=chat',
      'status=new::intervalStartTime=1::channelType=chat',
    ])
  })

  it('refuses fields and types the table does not allow', () => {
    expect(refuse('queue.name', 'count')).toThrow('cannot be aggregated')
    expect(refuse('autoCsat', 'count')).toThrow('cannot be aggregated')
    expect(refuse('channelType', 'sum')).toThrow('numeric')
  })

  it('pages 1,000 groups, the cursor naming the last one', () => {
    const many = Array.from({ length: 1001 }, (_, index) => ({ id: String(10_000 + index) }))
    const { plan, groups } = run('taskDetails', many, [{ field: 'id', type: 'count', name: 'n' }], 'id')
    const first = groupPage(plan, groups, 'NA')
    expect(first.rows).toHaveLength(1000)
    expect(first.pageInfo).toEqual({ hasNextPage: true, endCursor: 'id=10999' })
    const second = groupPage(plan, groups, first.pageInfo.endCursor)
    expect(second).toMatchObject({ rows: [{ values: ['11000'] }], pageInfo: { hasNextPage: false, endCursor: null } })
    expect(groupPage(plan, groups, 'id=10998x').rows[0]?.values).toEqual(['10999'])
    expect(() => groupPage(plan, groups, '7')).toThrow('not a cursor')
  })
})
