import { describe, expect, it } from 'vitest'
import type { ReadPage } from './page-reader.ts'
import { TaskAssembler } from './task-assembler.ts'

const csr = (rawPageId: number, ...tasks: readonly object[]): ReadPage => ({
  rawPageId,
  recordKind: 'csr',
  body: { data: { taskDetails: { tasks } } },
})
const car = (rawPageId: number, ...tasks: readonly object[]): ReadPage => ({
  ...csr(rawPageId, ...tasks),
  recordKind: 'car',
})
const head = (id: string, lastActivityTime = 1_000) => ({ id, createdTime: 1_000, lastActivityTime })
const steps = (id: string, totalCount: number, ...names: readonly string[]) => ({
  id,
  activities: {
    totalCount,
    nodes: names.map((name) => ({ id: `${id}-${name}`, eventName: name, createdTime: 1_000 })),
  },
})

const idsOf = (copies: readonly { readonly taskId: string; readonly cars: readonly unknown[] }[]) =>
  copies.map(({ taskId, cars }) => `${taskId}:${cars.length}`)

describe('tasks are put together page by page', () => {
  it('and given away in id order as soon as all counted CARs are here, whichever half came first', () => {
    const assembler = new TaskAssembler()
    assembler.add(car(1, steps('b', 1, 'new'), steps('a', 2, 'new')))
    assembler.add(csr(2, head('a'), head('b'), head('c')))
    expect(idsOf(assembler.takeWhole())).toEqual(['b:1'])
    assembler.add(car(3, steps('a', 2, 'ended')))
    expect(assembler.wholeCount).toBe(1)
    const [a] = assembler.takeWhole()
    expect(a).toMatchObject({ taskId: 'a', csrPageId: 2, carPageIds: [1, 3], totalCount: 2, heldCount: 2 })
    expect(idsOf(assembler.takeRest().copies)).toEqual(['c:0'])
  })

  it('a CAR met twice counts once, and the later touched of two CSRs is the task', () => {
    const assembler = new TaskAssembler()
    assembler.add(csr(1, head('a', 5_000)))
    assembler.add(csr(2, head('a', 4_000)))
    assembler.add(car(3, steps('a', 2, 'new'), steps('a', 2, 'new')))
    expect(assembler.wholeCount).toBe(0)
    const { copies } = assembler.takeRest()
    expect(copies).toMatchObject([{ csrPageId: 1, heldCount: 1, csr: { lastActivityTime: 5_000 } }])
  })

  it('CARs without a CSR are no task; records without an id are named by their place', () => {
    const assembler = new TaskAssembler()
    assembler.add(car(1, steps('a', 1, 'new'), { id: null }))
    assembler.add(csr(2, {}))
    expect(assembler.takeRest().copies).toEqual([])
    expect(assembler.nameless).toEqual([
      { rawPageId: 1, place: 1 },
      { rawPageId: 2, place: 0 },
    ])
  })

  it('a CAR without id, name or time is left out and told of', () => {
    const assembler = new TaskAssembler()
    const odd = {
      id: 'a',
      activities: { totalCount: 3, nodes: [{ id: 'a-1', eventName: 'new' }, { eventName: 'x' }, {}] },
    }
    assembler.add(csr(1, head('a')))
    assembler.add(car(2, odd))
    expect(assembler.takeRest().copies).toMatchObject([{ taskId: 'a', heldCount: 0, malformedCars: 3 }])
  })

  it('beyond its bound the oldest unfinished tasks are forgotten but for their pages, whole ones are not', () => {
    const assembler = new TaskAssembler({ maxDrafts: 4 })
    assembler.add(car(1, steps('whole', 0)))
    assembler.add(csr(2, head('whole'), ...['a', 'b', 'c', 'd', 'e'].map((id) => head(id))))
    assembler.add(car(3, steps('a', 1, 'new'), steps('e', 1, 'new')))
    expect(idsOf(assembler.takeWhole())).toEqual(['e:1', 'whole:0'])
    const { copies, forgotten } = assembler.takeRest()
    expect(idsOf(copies)).toEqual(['d:0'])
    expect([...forgotten].map(([id, pages]) => [id, [...pages]])).toEqual([
      ['a', [2, 3]],
      ['b', [2]],
      ['c', [2]],
    ])
  })
})
