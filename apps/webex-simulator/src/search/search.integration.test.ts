import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
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

describe('queries the service does not run', () => {
  const year = `from: ${START - 366 * DAY}, to: ${START}`
  const month = `from: ${START - 31 * DAY}, to: ${START}`
  const ids = Array.from({ length: 1001 }, (_, index) => `{ id: { equals: "${index}" } }`).join()
  const count = 'aggregations: [{ field: "id", type: count, name: "n" }]'
  it.each([
    ['missing to', `{ taskDetails(from: 1) { tasks { id } } }`, /Missing field argument/],
    ['span above 365 days', `{ taskDetails(${year}) { tasks { id } } }`, /365 days/],
    [
      'from above 36 months ago',
      `{ taskDetails(from: ${START - 1200 * DAY}, to: ${START - 1199 * DAY}) { tasks { id } } }`,
      /36 months/,
    ],
    ['activities above 30 days', `{ taskDetails(${month}) { tasks { activities { nodes { id } } } } }`, /30 days/],
    [
      '1,001 filter elements',
      `{ taskDetails(${range} filter: { or: [${ids}] }) { tasks { id } } }`,
      /1000 filter elements/,
    ],
    [
      'quarter hours over two days',
      `{ taskDetails(from: ${START}, to: ${START + 2 * DAY} ${count} aggregationInterval: { interval: FIFTEEN_MINUTES }) { tasks { intervalStartTime } } }`,
      /not allowed/,
    ],
    [
      '11 fields to group by',
      `{ taskDetails(${range} ${count}) { tasks { id status channelType origin destination direction terminationType isActive botName cpaStatus autoEvalScore } } }`,
      /more than 10 fields/,
    ],
    [
      '101 activities',
      `{ taskDetails(${range}) { tasks { activities(first: 101) { totalCount } } } }`,
      /between 1 and 100/,
    ],
    [
      'a sum of texts',
      `{ taskDetails(${range} aggregations: [{ field: "status", type: sum, name: "n" }]) { tasks { id } } }`,
      /needs a numeric field/,
    ],
    [
      'a cursor of another query',
      `{ taskDetails(${range} pagination: { cursor: "page two" }) { tasks { id } } }`,
      /cursor/,
    ],
    [
      'a time zone nobody lives in',
      `{ taskDetails(${range} ${count} aggregationInterval: { interval: DAILY, timezone: "Moon/Crater" }) { tasks { intervalStartTime } } }`,
      /unknown timezone/,
    ],
    [
      'unknown field',
      `{ taskDetails(${range}) { tasks { queue { name } } } }`,
      /FieldUndefined@\[taskDetails\/tasks\/queue\].*'queue' in type 'TaskDetails'/,
    ],
    [
      'unknown aggregation type',
      `{ taskDetails(${range} aggregations: [{ field: "id", type: avg, name: "n" }]) { tasks { id } } }`,
      /avg/,
    ],
    [
      'filter on a field that has none',
      `{ taskDetails(${range} filter: { createdTime: { gt: 1 } }) { tasks { id } } }`,
      /createdTime/,
    ],
    ['introspection', `{ __schema { types { name } } }`, /'__schema' in type 'Query' is undefined/],
    ['no GraphQL', `{ taskDetails(`, /Invalid syntax with offending token/],
  ])('%s: 400', async (_name, query, reason) => {
    const { status, body } = await simulator.search(query)
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toMatch(reason)
  })
})

describe('extFilter over many records', () => {
  it('answers 413 when 2,500 of them do not fill a page, and is content with a narrower filter', async () => {
    const many = Array.from({ length: 2600 }, (_, index) =>
      task({ id: `m${index}`, createdTime: START + index, activities: 1 }),
    )
    const crowded = await startSimulator({ 'tasks.jsonl': lines(many) })
    onTestFinished(() => crowded.stop())
    const ask = (filter: string) => {
      const extFilter = 'extFilter: { activities: { nodes: { queueId: { equals: "queue-9" } } } }'
      return crowded.search(`{ taskDetails(${range} ${filter} ${extFilter}) { tasks { id } } }`)
    }
    expect((await ask('')).status).toBe(413)
    expect((await ask('filter: { id: { contains: "7" } }')).status).toBe(200)
  })
})

describe('switches', () => {
  const start = async (env: Record<string, string>) => {
    const started = await startSimulator(
      { 'tasks.jsonl': lines([task({ id: 'lonely', createdTime: START, lastQueue: { id: null, name: null } })]) },
      env,
    )
    onTestFinished(() => started.stop())
    return started
  }

  it('an absent object is an object of nulls, or null', async () => {
    const query = `{ taskDetails(${range}) { tasks { lastQueue { id } customer { name } } pageInfo { endCursor } intervalInfo { interval } } }`
    const answer = async (env: Record<string, string>) => (await (await start(env)).search(query)).body.data.taskDetails
    const rest = { pageInfo: { endCursor: null }, intervalInfo: null }
    expect(await answer({})).toEqual({ tasks: [{ lastQueue: { id: null }, customer: { name: null } }], ...rest })
    const nulls = await answer({ SIM_EMPTY_OBJECTS: 'null' })
    expect(nulls.tasks).toEqual([{ lastQueue: null, customer: null }])
  })

  it('limits answer 422 when told; the one the vendor documents stays 413', async () => {
    const started = await start({ SIM_LIMIT_ERROR_STATUS: '422' })
    const year = `{ taskDetails(from: ${START - 366 * DAY}, to: ${START}) { tasks { id } } }`
    expect((await started.search(year)).status).toBe(422)
  })

  it('13 months when told', async () => {
    const year = `{ taskDetails(from: ${START - 380 * DAY}, to: ${START + 1}) { tasks { id } } }`
    expect((await (await start({})).search(year)).status).toBe(400)
    const { body } = await (await start({ SIM_SPAN_LIMIT: '13-months' })).search(year)
    expect(body.data.taskDetails.tasks).toEqual([{ id: 'lonely' }])
  })

  it('bounds may belong to the window or not', async () => {
    const window = (from: number, to: number) => `{ taskDetails(from: ${from}, to: ${to}) { tasks { id } } }`
    const found = async (bounds: string) => {
      const started = await start({ SIM_WINDOW_BOUNDS: bounds })
      const asked = [window(START, START + 1), window(START - 1, START)].map((query) => started.search(query))
      return (await Promise.all(asked)).map(({ body }) => body.data.taskDetails.tasks.length)
    }
    expect(await found('half-open')).toEqual([1, 0])
    expect(await found('closed')).toEqual([1, 1])
    expect(await found('open')).toEqual([0, 0])
  })
})

describe('a list that is still growing', () => {
  const growing = Array.from({ length: 300 }, (_, index) =>
    task({ id: `t${String(index).padStart(3, '0')}`, createdTime: START + index * 1000 }),
  )
  const live = async (env: Record<string, string> = {}) => {
    const clock = new Date(START + 280_500).toISOString()
    const started = await startSimulator({ 'tasks.jsonl': lines(growing) }, { SIM_CLOCK_START: clock, ...env })
    onTestFinished(() => started.stop())
    const page = async (cursor: string) => {
      const query = `{ taskDetails(from: ${START}, to: ${START + DAY} pagination: { cursor: "${cursor}" }) { tasks { id } } }`
      return idsOf((await started.search(query)).body.data.taskDetails.tasks)
    }
    return { ...started, page }
  }

  it('shifts rows to later pages, for pages are numbers', async () => {
    const { clock, page } = await live()
    const first = await page('0')
    expect(first[0]).toBe('t280')
    clock.advance(3000)
    const second = await page('1')
    expect(second.slice(0, 3)).toEqual(first.slice(-3))
  })

  it('knows nothing before the index does', async () => {
    const { clock, page } = await live({ SIM_INDEX_LAG_SECONDS: '10' })
    expect((await page('0'))[0]).toBe('t270')
    clock.advance(10_000)
    expect((await page('0'))[0]).toBe('t280')
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
