import { describe, expect, it } from 'vitest'
import { COLLEAGUE_JOURNEYS } from './colleague-journeys.testing.ts'
import { CONTACT_JOURNEYS } from './contact-journeys.testing.ts'
import {
  days,
  tasks,
  FEW,
  inOrder,
  wordsOf,
  factsOf,
  beatsOf,
  beginnings,
  follows,
  isOnTrack,
} from './journeys.testing.ts'

const JOURNEYS = [...CONTACT_JOURNEYS, ...COLLEAGUE_JOURNEYS]

describe('a journey', () => {
  it.each(JOURNEYS)('$kind: its steps, and the engagements of the rulings', ({ kind, steps, never, rows, also }) => {
    const lived = tasks.filter((task) => task.kinds.has(kind))
    expect(lived.length, 'too rare').toBeGreaterThanOrEqual(3 * FEW)
    for (const task of lived) {
      const words = wordsOf(task)
      expect(follows(words, steps), `${task.id}: ${words.join(' ')}`).toBe(true)
      expect(words.filter((word) => never?.includes(word) === true)).toEqual([])
      for (const [type, count] of Object.entries(rows ?? {})) {
        const found = task.facts.filter((fact) => fact.type === type).length
        expect(count === 'some' ? found > 0 : found === count, `${task.id}: ${found} of ${type}`).toBe(true)
      }
      also?.(task)
    }
  })
})

describe('a day', () => {
  it('has no kind of journey that is not looked at here', () => {
    const known = new Set(JOURNEYS.map(({ kind }) => kind))
    expect([...new Set(tasks.flatMap((task) => [...task.kinds]))].filter((kind) => !known.has(kind))).toEqual([])
  })

  it.each([0, 1, 2])('has every kind of journey (day %i)', (day) => {
    const lived = new Set(days[day]!.tasks.flatMap((task) => [...task.kinds]))
    expect(JOURNEYS.map(({ kind }) => kind).filter((kind) => !lived.has(kind))).toEqual([])
  })

  it('has supervisors who change states, and new skills that interrupt nothing', () => {
    const slots = days.flatMap((day) =>
      day.sessions.flatMap(({ agent, slots: own }) => own.map((slot) => ({ agent, slot }))),
    )
    const changed = slots.flatMap(({ agent, slot }) =>
      slot.stretches.filter((stretch) => stretch.changedBy !== undefined).map((stretch) => ({ agent, ...stretch })),
    )
    expect(new Set(changed.map(({ state }) => state))).toEqual(new Set(['idle', 'available']))
    for (const { agent, changedBy } of changed) expect(changedBy).not.toBe(agent)
    const marks = slots.flatMap(({ slot: { stretches } }) =>
      stretches.flatMap((mark, at) =>
        mark.state === 'skill-update' ? [[stretches[at - 1]!, mark, stretches[at + 1]!] as const] : [],
      ),
    )
    expect(marks.length).toBeGreaterThan(0)
    for (const [before, mark, after] of marks) {
      expect([before.end, mark.end, after.start]).toEqual([mark.start, mark.start, mark.start])
      expect([after.state, after.idleCode]).toEqual([before.state, before.idleCode])
    }
  })
})

describe('every contact', () => {
  it('has a time of its own without gaps, from its arrival to its end', () => {
    for (const task of tasks) {
      const steps = inOrder(task.beats.filter((beat) => isOnTrack(task, beat)))
      expect(steps[0]?.start).toBe(task.createdTime)
      for (const [at, step] of steps.slice(1).entries())
        expect(step.start, `${task.id}: ${step.kind}`).toBe(steps[at]!.end)
      expect(steps.at(-1)?.end).toBe(task.endedTime)
    }
  })

  it('was with an agent exactly where an Agent engagement says so, and that agent was busy with it', () => {
    for (const day of days) {
      const busy = new Set(
        day.sessions.flatMap(({ slots }) =>
          slots.flatMap(({ channelId, stretches }) =>
            stretches.flatMap(({ state, start, task }) =>
              task === undefined ? [] : `${channelId} ${task.id} ${start} ${state}`,
            ),
          ),
        ),
      )
      for (const task of day.tasks) {
        const joined = [...beatsOf(task, 'talk'), ...beatsOf(task, 'three-way')].map((beat) => beat.start)
        expect(beginnings(factsOf(task, 'Agent')), task.id).toEqual(joined.toSorted((a, b) => a - b))
        for (const { start, seat } of beatsOf(task, 'talk'))
          expect(busy.has(`${seat?.channelId} ${task.id} ${start} talking`), `${task.id} at ${start}`).toBe(true)
      }
    }
  })

  it('knows late what is late, within two days, and nothing after it is settled', () => {
    for (const { endedTime, late, settledAt, beats } of tasks) {
      const times = late.map((news) => news.at)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      for (const at of times) expect(at >= endedTime! && at <= endedTime! + 2 * 86_400_000).toBe(true)
      expect(settledAt).toBeGreaterThanOrEqual(
        Math.max(endedTime!, ...times, ...beats.map((beat) => beat.end ?? beat.start)),
      )
    }
  })
})
