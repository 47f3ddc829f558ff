import { describe, expect, it } from 'vitest'
import { createClock } from './clock.ts'
import { createSeenWorld } from './seen-world.ts'
import { listedSource } from './listed-source.ts'
import type { RecordSource, World } from './world.ts'

/** A world that notes when it was asked for its tasks. */
function notingWorld(): { world: World; asked: number[] } {
  const asked: number[] = []
  const tasks: RecordSource = listedSource({
    at: (asOfMs) => {
      asked.push(asOfMs)
      return []
    },
    settlesWithinMs: 0,
  })
  const empty = listedSource({ at: () => [], settlesWithinMs: 0 })
  const world: World = {
    orgId: 'org',
    history: { fromMs: 0, toMs: 0 },
    tasks,
    agentSessions: empty,
    taskLegs: empty,
    captures: () => undefined,
    configuration: () => [],
    events: () => [],
    truth: undefined,
  }
  return { world, asked }
}

describe('createSeenWorld', () => {
  it('renders the world once per moment, for both task roots', () => {
    const { world, asked } = notingWorld()
    const clock = createClock({ startMs: 5000, speed: 0 })
    const seen = createSeenWorld(world, clock)
    seen.index('taskDetails', seen.asOfMs())
    seen.index('task', seen.asOfMs())
    clock.advance(1)
    seen.index('taskDetails', seen.asOfMs())
    expect(asked).toEqual([5000, 5001])
  })

  it('shows whole seconds of a running clock, every millisecond of a manual one', () => {
    const asOf = (speed: number) =>
      createSeenWorld(notingWorld().world, createClock({ startMs: 5999, speed, elapsedMs: () => 0 })).asOfMs()
    expect([asOf(1), asOf(0)]).toEqual([5000, 5999])
  })

  it('never looks past the end of life', () => {
    const clock = createClock({ startMs: 5000, speed: 0 })
    const seen = createSeenWorld(notingWorld().world, clock, 5500)
    clock.advance(10_000)
    expect(seen.asOfMs()).toBe(5500)
  })
})
