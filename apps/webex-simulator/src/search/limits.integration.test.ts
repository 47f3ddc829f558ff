/** Limits and switches of Search: each is provoked over HTTP. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { startSimulator } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'
import { lines, QUARTER, START, task } from '../testing/tiny-dataset.ts'

const DAY = 96 * QUARTER
const range = `from: ${START}, to: ${START + DAY}`
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)

let simulator: StartedSimulator
beforeAll(async () => {
  simulator = await startSimulator({}, { SIM_CLOCK_START: new Date(START + 2 * DAY).toISOString() })
})
afterAll(() => simulator.stop())

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
