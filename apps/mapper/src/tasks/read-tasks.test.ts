import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { RawPage } from '@wxcc/db/raw-page'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PageReader } from '../pages/page-reader.ts'
import { readTasks } from './read-tasks.ts'

const TASKS = 2_000
const ids = Array.from({ length: TASKS }, (_, n) => `task-${String(n).padStart(5, '0')}`)
const steps = (id: string) =>
  ['new', 'connected', 'ended'].map((name) => ({ id: `${id}-${name}`, eventName: name, createdTime: 5 }))

/** A span as the vendor might have answered it: pages of 100, each kind in an order of its own. */
function span(orders: {
  readonly csr: readonly string[]
  readonly car: readonly string[]
  readonly twice: readonly string[]
}) {
  const objects = new Map<string, Buffer>()
  const pages: RawPage[] = []
  const put = (recordKind: 'csr' | 'car', tasks: readonly object[]) => {
    const bytes = gzipSync(JSON.stringify({ data: { taskDetails: { tasks } } }))
    const objectKey = `page-${pages.length}`
    objects.set(objectKey, bytes)
    pages.push({
      rawPageId: pages.length + 1,
      fetchId: 1,
      recordKind,
      pageNo: pages.length,
      objectKey,
      byteSize: bytes.length,
      sha256: createHash('sha256').update(bytes).digest(),
      recordCount: tasks.length,
    })
  }
  const hundreds = (list: readonly string[]) =>
    Array.from({ length: Math.ceil(list.length / 100) }, (_, n) => list.slice(n * 100, n * 100 + 100))
  for (const some of hundreds([...orders.csr, ...orders.twice]))
    put(
      'csr',
      some.map((id) => ({ id, createdTime: 5, lastActivityTime: 9 })),
    )
  for (const some of hundreds([...orders.car, ...orders.twice])) {
    put(
      'car',
      some.map((id) => ({ id, activities: { totalCount: 3, nodes: steps(id) } })),
    )
  }
  return { pages, reader: new PageReader(async (key) => objects.get(key)) }
}

async function readAll(given: ReturnType<typeof span>) {
  const landed = new Map<string, readonly number[]>()
  const met = new Map<string, number>()
  const landedPages = async (wanted: readonly string[]) =>
    new Map(wanted.flatMap((id) => (landed.has(id) ? [[id, landed.get(id)!] as const] : [])))
  for await (const { copies } of readTasks(given.pages, given.reader, landedPages)) {
    for (const copy of copies) {
      landed.set(copy.taskId, [copy.csrPageId, ...copy.carPageIds])
      met.set(copy.taskId, Math.max(met.get(copy.taskId) ?? 0, copy.heldCount))
    }
  }
  return met
}

const whole = new Map(ids.map((id) => [id, 3]))

it.each([
  ['alike', { csr: ids, car: ids, twice: [] }],
  ['in opposite orders', { csr: ids, car: ids.toReversed(), twice: [] }],
  ['with tasks that pages show again after they were given away', { csr: ids, car: ids, twice: ids.slice(0, 50) }],
])('every task comes whole where pages are %s', async (_, orders) => {
  expect(await readAll(span(orders))).toEqual(whole)
})

it('every task comes whole, whatever the order of either kind', async () => {
  const order = fc.shuffledSubarray(ids, { minLength: TASKS, maxLength: TASKS })
  await fc.assert(
    fc.asyncProperty(order, order, async (csr, car) => {
      expect(await readAll(span({ csr, car, twice: [] }))).toEqual(whole)
    }),
    { numRuns: 5 },
  )
})
