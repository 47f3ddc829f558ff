import { describe, expect, it } from 'vitest'
import { days } from './journeys.testing.ts'
import { HISTORY_UNTIL_MS, worldOf } from './world.testing.ts'
import { EVER, legsOf, sessionsOf, tasksOf } from '../testing/read-world.ts'

const DAY_MS = 86_400_000

describe('a business day', () => {
  it.each(days.map((life, at) => [at + 1, life] as const))(
    'of 2,000 tasks a day (seed %i) is as large as a Monday is, and has lists longer than an inner page',
    (_seed, life) => {
      expect(Math.abs(life.tasks.length - 2400)).toBeLessThan(200)
      expect(life.tasks.some((task) => task.beats.length > 25 && task.beats.length < 100)).toBe(true)
      expect(life.tasks.some((task) => task.beats.length > 100)).toBe(true)
      const audioBytes = life.tasks
        .flatMap((task) => task.recordings)
        .reduce((total, part) => total + (part.stop - part.start) * 32, 0)
      expect(audioBytes).toBeLessThan(350e6)
    },
  )
})

describe('a generated world', () => {
  const moments = [HISTORY_UNTIL_MS - DAY_MS / 2, HISTORY_UNTIL_MS - 1, HISTORY_UNTIL_MS + 3_600_000]
  const told = (world: ReturnType<typeof worldOf>, asOfMs: number) =>
    JSON.stringify([
      tasksOf(world, asOfMs),
      sessionsOf(world, asOfMs),
      legsOf(world, asOfMs),
      world.truth!.engagements(EVER, asOfMs),
      world.truth!.turns(EVER, asOfMs),
      world.truth!.agentStates(EVER, asOfMs),
    ])

  it('is the same, byte for byte, whatever was asked before', () => {
    const inOrder = worldOf(5, { tasksPerDay: 300, agents: 8 })
    const backwards = worldOf(5, { tasksPerDay: 300, agents: 8 })
    const forth = moments.map((moment) => told(inOrder, moment))
    const back = moments.toReversed().map((moment) => told(backwards, moment))
    expect(forth.map((text, position) => text === back.toReversed()[position])).toEqual([true, true, true])
  })

  it('is another one for another seed', () => {
    expect(told(worldOf(5, { tasksPerDay: 100 }), HISTORY_UNTIL_MS)).not.toBe(
      told(worldOf(6, { tasksPerDay: 100 }), HISTORY_UNTIL_MS),
    )
  })

  it('goes on after its history, and never takes back what it told', () => {
    const world = worldOf(9)
    const before = world.truth!.engagements(EVER, HISTORY_UNTIL_MS)
    const after = world.truth!.engagements(EVER, HISTORY_UNTIL_MS + 3_600_000)
    const key = (fact: (typeof after)[number]) =>
      `${fact.taskId} ${fact.type} ${fact.startTime} ${fact.agentId} ${fact.queueId}`
    const later = new Map(after.map((fact) => [key(fact), fact]))
    for (const fact of before) {
      const known = later.get(key(fact))!
      const isLater = (time: number | null) => time !== null && time > HISTORY_UNTIL_MS
      expect({
        ...known,
        ...(isLater(known.endTime) && { endTime: null, isAnswered: null, afterWorkMs: null }),
        ...(isLater(known.leftTime) && { leftTime: null }),
      }).toEqual(fact)
    }
    expect(after.length).toBeGreaterThan(before.length)
    expect(tasksOf(world, HISTORY_UNTIL_MS + 3_600_000).length).toBeGreaterThan(tasksOf(world, HISTORY_UNTIL_MS).length)
  })
})
