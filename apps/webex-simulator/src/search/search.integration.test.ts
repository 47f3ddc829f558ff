import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSimulator } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'
import { lines, QUARTER, session, START, task } from '../testing/tiny-dataset.ts'

const DAY = 96 * QUARTER
const LONG_TASK = 'long-task'
/** 600 tasks over a day: 100 s apart gives 9 in each quarter hour; three more rows are odd on purpose. */
const regular = Array.from({ length: 600 }, (_, index) =>
  task({ id: `task-${String(index).padStart(3, '0')}`, createdTime: START + index * 100_000 }),
)
const open = task({
  id: 'open',
  createdTime: START + 1,
  endedTime: -1,
  isActive: true,
  lastQueue: null,
  channelType: 'chat',
})
const long = task({
  id: LONG_TASK,
  createdTime: START + 2,
  activities: 230,
  globalVariables: { Language: 'de', Visits: 3 },
})
/** One millisecond before a quarter hour begins. */
const edge = task({ id: 'edge', createdTime: START + 3 * QUARTER - 1 })
const sessions = Array.from({ length: 260 }, (_, index) =>
  session(`s${String(index).padStart(3, '0')}`, START + index * 1000),
)

let simulator: StartedSimulator
beforeAll(async () => {
  simulator = await startSimulator(
    { 'tasks.jsonl': lines([...regular, open, long, edge]), 'agent-sessions.jsonl': lines(sessions) },
    { SIM_RATE_LIMIT_PER_MINUTE: '100000', SIM_CLOCK_START: new Date(START + 2 * DAY).toISOString() },
  )
})
afterAll(() => simulator.stop())

const range = `from: ${START}, to: ${START + DAY}`
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)

async function tasks(args: string, selection = 'id') {
  const { body } = await simulator.search(
    `{ taskDetails(${range} ${args}) { tasks { ${selection} } pageInfo { hasNextPage endCursor } } }`,
  )
  expect(body.errors).toBeUndefined()
  return body.data.taskDetails
}

const sessionPage = async (cursor: string) => {
  const query = `{ agentSession(${range} pagination: { cursor: "${cursor}" }) { agentSessions { agentSessionId } pageInfo { hasNextPage endCursor } } }`
  return (await simulator.search(query)).body.data.agentSession
}

const countBetween = async (from: number, to: number) =>
  (await simulator.search(`{ taskDetails(from: ${from}, to: ${to}) { tasks { id } } }`)).body.data.taskDetails.tasks
    .length

describe('raw paging', () => {
  it('gives tasks 250 a page, newest first, by page number', async () => {
    const seen: { id: string; createdTime: number }[] = []
    const cursors = []
    for (let cursor = 'NA'; ;) {
      const page = await tasks(`pagination: { cursor: "${cursor}" }`, 'id createdTime')
      seen.push(...page.tasks)
      cursors.push(page.pageInfo.endCursor)
      if (!page.pageInfo.hasNextPage) break
      cursor = page.pageInfo.endCursor
    }
    expect(cursors).toEqual(['1', '2', null])
    expect(new Set(idsOf(seen)).size).toBe(603)
    expect(seen).toEqual(seen.toSorted((a, b) => b.createdTime - a.createdTime))
  })

  it('gives the same first page for no cursor, NA and 0', async () => {
    const first = await tasks('')
    expect(first.tasks).toHaveLength(250)
    expect(await tasks('pagination: { cursor: "0" }')).toEqual(first)
    expect(await tasks('pagination: {}')).toEqual(first)
  })

  it('gives sessions by id, the last id being the cursor', async () => {
    const first = await sessionPage('NA')
    expect(first.pageInfo).toEqual({ hasNextPage: true, endCursor: 's249' })
    const second = await sessionPage('s249')
    expect(second.agentSessions).toHaveLength(10)
    expect(second.agentSessions[0]).toEqual({ agentSessionId: 's250' })
    expect(second.pageInfo).toEqual({ hasNextPage: false, endCursor: null })
  })

  it('sorts as the selection says', async () => {
    const { tasks: rows } = await tasks('', 'id createdTime(sort: asc)')
    expect(idsOf(rows).slice(0, 3)).toEqual(['task-000', 'open', LONG_TASK])
  })
})

describe('inner paging', () => {
  it('reads 230 activities in three pages of at most 100, newest first', async () => {
    const seen: string[] = []
    const sizes = []
    for (let after = ''; ;) {
      const selection = `activities(first: 100, after: "${after}") { totalCount nodes { id createdTime } pageInfo { hasNextPage endCursor } }`
      const { tasks: rows } = await tasks(`filter: { id: { equals: "${LONG_TASK}" } }`, selection)
      const { totalCount, nodes, pageInfo } = rows[0].activities
      expect(totalCount).toBe(230)
      sizes.push(nodes.length)
      seen.push(...idsOf(nodes))
      if (!pageInfo.hasNextPage) break
      expect(pageInfo.endCursor).toBe(String(nodes.at(-1).createdTime))
      after = pageInfo.endCursor
    }
    expect(sizes).toEqual([100, 100, 30])
    expect(new Set(seen).size).toBe(230)
  })

  it('pages the activities of each channel by startTime', async () => {
    const query = `{ agentSession(${range} filter: { agentSessionId: { equals: "s007" } }) { agentSessions { channelInfo {
      channelType activities(first: 2) { totalCount nodes { state startTime } pageInfo { endCursor } } } } } }`
    const { body } = await simulator.search(query)
    const [channel] = body.data.agentSession.agentSessions[0].channelInfo
    expect(channel.activities).toEqual({
      totalCount: 3,
      nodes: [
        { state: 'connected', startTime: START + 9000 },
        { state: 'ringing', startTime: START + 8000 },
      ],
      pageInfo: { endCursor: String(START + 8000) },
    })
  })
})

describe('filters', () => {
  it.each([
    ['filter: { or: [{ id: { equals: "task-003" } }, { id: { equals: "task-001" } }] }', ['task-003', 'task-001']],
    ['filter: { isActive: { equals: true } }', ['open']],
    ['filter: { and: [{ channelType: { equals: chat } }, { lastQueue: { id: { equals: null } } }] }', ['open']],
    ['filter: { not: { lastQueue: { id: { equals: "queue-1" } } } }', ['open']],
    ['filter: { id: { match: "task-00[12]" } }', ['task-002', 'task-001']],
    ['filter: { totalDuration: { gt: 3000 } }', [LONG_TASK]],
    ['filter: { stringGlobalVariables: { name: { equals: "Language" }, value: { equals: "de" } } }', [LONG_TASK]],
    ['filter: { integerGlobalVariables: { name: { equals: "Visits" }, value: { gte: 4 } } }', []],
    [`filter: { lastActivityTime: { gte: ${START + 599 * 100_000} } }`, ['task-599']],
  ])('%s', async (filter, expected) => {
    expect(idsOf((await tasks(filter)).tasks)).toEqual(expected)
  })

  it('extFilter reduces the activities to those that match', async () => {
    const { tasks: rows } = await tasks(
      'filter: { id: { equals: "task-000" } } extFilter: { activities: { nodes: { eventName: { equals: "parked" } } } }',
      'activities { nodes { eventName queueId } }',
    )
    expect(rows).toEqual([{ activities: { nodes: [{ eventName: 'parked', queueId: 'queue-1' }] } }])
  })

  it('a condition on channels reduces the channels', async () => {
    const query = `{ agentSession(${range} filter: { agentSessionId: { equals: "s000" }, channelInfo: { channelType: { notequals: "telephony" } } }) {
      agentSessions { channelInfo { channelType } } } }`
    expect((await simulator.search(query)).body.data.agentSession.agentSessions).toEqual([
      { channelInfo: [{ channelType: 'chat' }] },
    ])
  })

  it('takes filters, times as text and enums by variables', async () => {
    const { body } = await simulator.search(
      `query ($from: Long!, $to: Long!, $filter: TaskDetailsFilters, $by: QueryTimeType, $all: Boolean!) {
        taskDetails(from: $from, to: $to, filter: $filter, timeComparator: $by) { tasks { key: id status @include(if: $all) } } }`,
      {
        from: String(START),
        to: START + DAY,
        filter: { channelType: { equals: 'telephony' }, id: { contains: '-59' } },
        by: 'endedTime',
        all: false,
      },
    )
    expect(body.data.taskDetails.tasks).toHaveLength(10)
    expect(Object.keys(body.data.taskDetails.tasks[0])).toEqual(['key'])
  })
})

describe('time', () => {
  it('is half-open', async () => {
    expect(await countBetween(START + 100_000, START + 200_000)).toBe(1)
    expect(await countBetween(START + 100_000, START + 200_001)).toBe(2)
  })

  it('never finds open tasks by endedTime', async () => {
    const { tasks: rows } = await tasks('timeComparator: endedTime, filter: { id: { equals: "open" } }')
    expect(rows).toEqual([])
  })

  it('finds nothing when given seconds', async () => {
    const { status, body } = await simulator.search(
      `{ taskDetails(from: ${START / 1000}, to: ${START / 1000 + 86_400}) { tasks { id } } }`,
    )
    expect([status, body.data.taskDetails.tasks]).toEqual([200, []])
  })
})

describe('aggregations', () => {
  const figures =
    'aggregations: [{ field: "id", type: count, name: "n" }, { field: "lastActivityTime", type: max, name: "newest" }]'

  it('counts every quarter hour as the raw rows do', async () => {
    const counted = await tasks(
      `${figures} aggregationInterval: { interval: FIFTEEN_MINUTES }`,
      'intervalStartTime aggregation { name value }',
    )
    expect(counted.tasks.length).toBeGreaterThan(60)
    for (const { intervalStartTime, aggregation } of counted.tasks) {
      const query = `{ taskDetails(from: ${intervalStartTime}, to: ${intervalStartTime + QUARTER}) { tasks { id lastActivityTime } } }`
      const { tasks: rows } = (await simulator.search(query)).body.data.taskDetails
      const value = (name: string) => aggregation.find((one: { name: string }) => one.name === name).value
      expect(value('n')).toBe(rows.length)
      expect(value('newest')).toBe(Math.max(...rows.map((row: { lastActivityTime: number }) => row.lastActivityTime)))
    }
  })

  it('groups by nested keys and echoes the interval', async () => {
    const query = `{ taskDetails(${range} ${figures} aggregationInterval: { interval: DAILY, timezone: "Europe/Berlin" }) {
      tasks { intervalStartTime lastQueue { id } aggregation { name value } } intervalInfo { interval timezone } } }`
    const { taskDetails } = (await simulator.search(query)).body.data
    expect(taskDetails.intervalInfo).toEqual({ interval: 'DAILY', timezone: 'Europe/Berlin' })
    expect(taskDetails.tasks[0]).toMatchObject({
      intervalStartTime: START - 3_600_000,
      lastQueue: { id: null },
      aggregation: [{}, { name: 'n', value: 1 }],
    })
  })

  it('groups activities, in the nesting of the record', async () => {
    const query = `{ agentSession(${range} aggregations: [{ field: "channelInfo.activities.nodes.duration", type: sum, name: "ms" }]) {
      agentSessions { channelInfo { channelType activities { totalCount nodes { state } } } aggregation { name value } } } }`
    const rows = (await simulator.search(query)).body.data.agentSession.agentSessions
    expect(rows).toHaveLength(6)
    expect(rows[0]).toEqual({
      channelInfo: [{ channelType: 'chat', activities: { totalCount: null, nodes: [{ state: 'available' }] } }],
      aggregation: [{ name: 'ms', value: 260_000 }],
    })
  })

  it('groups by and sums global variables', async () => {
    const aggregations =
      'aggregations: [{ field: "integerGlobalVariables.value", type: sum, name: "visits", predicate: { integerGlobalVariables: { name: { equals: "Visits" } } } }]'
    const { tasks: rows } = await tasks(
      aggregations,
      'stringGlobalVariables(name: "Language") { value } aggregation { name value }',
    )
    expect(rows).toEqual([
      { stringGlobalVariables: { value: null }, aggregation: [{ name: 'visits', value: 0 }] },
      { stringGlobalVariables: { value: 'de' }, aggregation: [{ name: 'visits', value: 3 }] },
    ])
  })
})

describe('doubles', () => {
  it('are always written with a fraction', async () => {
    const query = `{ taskDetails(${range} aggregations: [{ field: "id", type: count, name: "n" }]) { tasks { aggregation { name value } } } }`
    const token = (await simulator.token()).body.access_token
    const answer = await fetch(`${simulator.url}/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    })
    expect(await answer.text()).toContain('"value":603.0')
  })
})

describe('transport', () => {
  it('compresses above 1 MB when asked, and only then', async () => {
    const query = `{ taskDetails(${range}) { tasks { id ${'abcdefghij'
      .split('')
      .map((alias) => `${alias}: activities { nodes { id eventName queueId createdTime endedTime duration } }`)
      .join(' ')} } } }`
    const token = (await simulator.token()).body.access_token
    const ask = (encoding: string) =>
      fetch(`${simulator.url}/search`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'accept-encoding': encoding },
        body: JSON.stringify({ query }),
      })
    const [plain, packed] = await Promise.all([ask('identity'), ask('gzip')])
    expect([plain.headers.get('content-encoding'), packed.headers.get('content-encoding')]).toEqual([null, 'gzip'])
    const text = await plain.text()
    expect(text.length).toBeGreaterThan(1_000_000)
    expect(await packed.text()).toBe(text)
  })
})
