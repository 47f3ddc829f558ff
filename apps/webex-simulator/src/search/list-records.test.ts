/** Lists as a client reads them, page after page, against the plainest reading of all records. */
import { describe, expect, it } from 'vitest'
import { textOf } from '../json.ts'
import { listedSource } from '../listed-source.ts'
import { randomFor } from '../life/random.ts'
import type { Random } from '../life/random.ts'
import type { RecordOf, RecordSource, SeenRecord, Span, World } from '../world.ts'
import { executeSearch } from './execute-search.ts'
import { contextOfWorld, EMPTY_WORLD } from './search-context.testing.ts'
import type { SearchContext } from './search-context.ts'

const START = Date.parse('2026-03-02T00:00:00Z')
const MINUTE = 60_000
const SETTLES = 30 * MINUTE
const NOW = START + 705 * MINUTE
const COUNT = 700

/** A task a minute; each ends within the time in which tasks settle, the last ones are open. */
const records: readonly (RecordOf & {
  readonly id: string
  readonly createdTime: number
  readonly endedTime: number
})[] = Array.from({ length: COUNT }, (_, at) => {
  const createdTime = START + at * MINUTE
  const endsMs = createdTime + ((at * 7) % 30) * MINUTE
  const isActive = endsMs >= NOW
  const endedTime = isActive ? -1 : endsMs
  return {
    id: `task-${String((at * 317) % COUNT).padStart(3, '0')}`,
    createdTime,
    endedTime,
    isActive,
    lastActivityTime: isActive ? NOW - MINUTE : endedTime,
    totalDuration: (at * 13) % 50,
    origin: at % 9 === 0 ? null : `+1312555${String(1000 + (at % 40))}`,
    activities: { nodes: [{ id: `${at}`, eventName: at % 2 === 0 ? 'parked' : 'connected' }] },
  }
})

/** Counts how often a record had to be made, and remembers what was scanned. */
function watched(): { world: World; made: () => number; scanned: Span[] } {
  const plain = listedSource({
    at: () => records.map((record) => ({ id: record.id, time: record.createdTime, record })),
    settlesWithinMs: SETTLES,
  })
  const scanned: Span[] = []
  let made = 0
  const counting = (row: SeenRecord): SeenRecord => ({ ...row, record: () => (made++, row.record()) })
  const tasks = {
    ...plain,
    *scan(span: Span, asOfMs: number, order: 'oldest-first' | 'newest-first') {
      scanned.push(span)
      for (const chunk of plain.scan(span, asOfMs, order)) yield chunk.map(counting)
    },
    find(id: string, asOfMs: number) {
      const row = plain.find(id, asOfMs)
      return row && counting(row)
    },
  }
  return { world: { ...EMPTY_WORLD, tasks }, made: () => made, scanned }
}

async function ask(context: SearchContext, args: string, selection: string) {
  const query = `{ taskDetails(${args}) { tasks { ${selection} } pageInfo { hasNextPage endCursor } } }`
  const outcome = await executeSearch({ query, variables: {}, operationName: undefined }, context)
  if (outcome.kind !== 'answered') throw new Error(JSON.stringify(outcome))
  return JSON.parse(outcome.body.toString()).data.taskDetails
}

async function readAll(context: SearchContext, args: string, selection: string): Promise<readonly string[]> {
  const ids: string[] = []
  for (let cursor = 'NA'; ;) {
    const page = await ask(context, `${args} pagination: { cursor: "${cursor}" }`, selection)
    ids.push(...page.tasks.map(({ id }: { id: string }) => id))
    if (!page.pageInfo.hasNextPage) return ids
    cursor = page.pageInfo.endCursor
  }
}

interface Condition {
  readonly text: string
  readonly holds: (record: (typeof records)[number]) => boolean
}

/** A filter nobody thought of, and what it means. */
function conditionOf(random: Random, depth = 0): Condition {
  const kind = random.pick(
    depth < 2
      ? ['id', 'ids', 'ended', 'changed', 'active', 'duration', 'and', 'or', 'not']
      : ['id', 'duration', 'active'],
  )
  const record = random.pick(records)
  const at = START + Math.floor(random.next() * COUNT) * MINUTE
  switch (kind) {
    case 'id':
      return { text: `id: { equals: "${record.id}" }`, holds: ({ id }) => id === record.id }
    case 'ids': {
      const ids = [0, 1, 2].map(() => random.pick(records).id)
      return {
        text: `or: [${ids.map((id) => `{ id: { equals: "${id}" } }`).join()}]`,
        holds: ({ id }) => ids.includes(id),
      }
    }
    case 'ended':
      return { text: `endedTime: { gt: ${at} }`, holds: ({ endedTime }) => endedTime > at }
    case 'changed':
      return {
        text: `lastActivityTime: { gte: ${at} }`,
        holds: ({ lastActivityTime }) => Number(lastActivityTime) >= at,
      }
    case 'active':
      return { text: 'isActive: { equals: true }', holds: ({ isActive }) => isActive === true }
    case 'duration':
      return { text: 'totalDuration: { lt: 30 }', holds: ({ totalDuration }) => Number(totalDuration) < 30 }
    case 'not': {
      const inner = conditionOf(random, depth + 1)
      return { text: `not: { ${inner.text} }`, holds: (one) => !inner.holds(one) }
    }
    default: {
      const parts = [conditionOf(random, depth + 1), conditionOf(random, depth + 1)]
      const holds: Condition['holds'] =
        kind === 'and'
          ? (one) => parts.every((part) => part.holds(one))
          : (one) => parts.some((part) => part.holds(one))
      return { text: `${kind}: [${parts.map(({ text }) => `{ ${text} }`).join()}]`, holds }
    }
  }
}

/** Text by code unit, the absent (empty) first. */
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const SORTS = [
  { text: 'createdTime', order: () => 0 },
  {
    text: 'createdTime(sort: asc)',
    order: (a: RecordOf, b: RecordOf) => Number(a['createdTime']) - Number(b['createdTime']),
  },
  {
    text: 'totalDuration(sort: desc) origin(sort: asc)',
    order: (a: RecordOf, b: RecordOf) =>
      Number(b['totalDuration']) - Number(a['totalDuration']) || compare(textOf(a['origin']), textOf(b['origin'])),
  },
]

describe('lists', () => {
  it('are what a plain look at every record gives, whatever is filtered, compared and sorted by', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = randomFor(seed, 'lists')
      const context = contextOfWorld(watched().world, NOW)
      const condition = conditionOf(random)
      const from = START + Math.floor(random.next() * 300) * MINUTE
      const to = from + Math.floor(random.next() * 600) * MINUTE
      const time = random.pick(['createdTime', 'endedTime'] as const)
      const sort = random.pick(SORTS)
      const args = `from: ${from}, to: ${to}, timeComparator: ${time}, filter: { ${condition.text} }`
      const expected = records
        .filter((record) => record[time] >= from && record[time] < to && condition.holds(record))
        .toReversed()
        .sort(sort.order)
        .map(({ id }) => id)
      expect(await readAll(context, args, `id ${sort.text}`), args).toEqual(expected)
    }
  })
})

describe('what is looked at', () => {
  const window = `from: ${START}, to: ${NOW}`
  const look = async (args: string, selection = 'id', pages = 1) => {
    const { world, made, scanned } = watched()
    const context = contextOfWorld(world, NOW)
    for (let page = 0; page < pages; page++)
      await ask(context, `${window} ${args} pagination: { cursor: "${page}" }`, selection)
    return { made: made(), scanned }
  }

  it('no record at all for ids and beginnings, counted or listed', async () => {
    expect((await look('', 'id createdTime(sort: asc)', 3)).made).toBe(0)
    const count = 'aggregations: [{ field: "id", type: count, name: "n" }] aggregationInterval: { interval: HOURLY }'
    expect((await look(count, 'intervalStartTime aggregation { name value }')).made).toBe(0)
  })

  it('one record of each row of a page', async () => {
    expect((await look('', 'id origin')).made).toBe(250)
    expect((await look('filter: { totalDuration: { gte: 0 } }', 'id origin')).made).toBeLessThan(300)
  })

  it('ids without a scan', async () => {
    const { made, scanned } = await look('filter: { id: { equals: "task-000" } }', 'id origin')
    expect({ made, scanned }).toEqual({ made: 1, scanned: [] })
  })

  it('no further back than a change can lie', async () => {
    const since = START + 600 * MINUTE
    expect((await look(`filter: { lastActivityTime: { gte: ${since} } }`)).scanned).toEqual([
      { fromMs: since - SETTLES, toMs: NOW },
    ])
    expect((await look('filter: { isActive: { equals: true } }')).scanned).toEqual([
      { fromMs: NOW - SETTLES, toMs: NOW },
    ])
  })

  it('the same scan for all pages of one query', async () => {
    expect((await look('', 'id', 3)).scanned).toHaveLength(1)
  })
})

describe('a long scan', () => {
  it('gives way to others', async () => {
    const { world } = watched()
    const slowly = (row: SeenRecord): SeenRecord => ({
      ...row,
      record() {
        for (const until = performance.now() + 1; performance.now() < until;);
        return row.record()
      },
    })
    const tasks: RecordSource = {
      ...world.tasks,
      *scan(span, asOfMs, order) {
        for (const chunk of world.tasks.scan(span, asOfMs, order)) yield chunk.map(slowly)
      },
    }
    const context = contextOfWorld({ ...world, tasks }, NOW)
    const finished: string[] = []
    const window = `from: ${START}, to: ${START + 200 * MINUTE}`
    await Promise.all([
      ask(context, `${window} filter: { origin: { equals: "nobody" } }`, 'id').then(() => finished.push('long')),
      ask(context, window, 'id').then(() => finished.push('short')),
    ])
    expect(finished).toEqual(['short', 'long'])
  })
})
