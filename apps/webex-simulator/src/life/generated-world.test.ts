import { describe, expect, it } from 'vitest'
import type { RecordSource, SeenRecord, Span, World, WorldEvent } from '../world.ts'
import { arrivalKey } from './arrivals.ts'
import type { BlockOptions } from './block.ts'
import { createBlocks } from './blocks.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from './clock-units.ts'
import { createFrame } from './frame.ts'
import type { GeneratedWorldOptions } from './frame.ts'
import { createGeneratedWorld } from './generated-world.ts'
import { createOrg } from './org.ts'
import type { Org } from './org.ts'
import { uuidFor } from './random.ts'
import { taskSource } from './sources.ts'
import { createWatches } from './watches.ts'
import { createWorldEvents } from './world-events.ts'

const UNTIL = Date.parse('2026-11-02T15:00:00Z')
const small = (seed = 3) =>
  createGeneratedWorld({
    seed,
    tasksPerDay: 40,
    agents: 4,
    days: 120,
    historyUntilMs: UNTIL,
    timeZone: 'Europe/Berlin',
  })
const rowsOf = (source: RecordSource, span: Span, order: 'oldest-first' | 'newest-first' = 'oldest-first') =>
  [...source.scan(span, UNTIL, order)].flat()
const namesOf = (rows: readonly SeenRecord[]) => rows.map(({ id, time }) => `${time} ${id}`)
const textOf = (row: SeenRecord | undefined) => JSON.stringify(row?.record())
const sources = ['tasks', 'agentSessions', 'taskLegs'] as const
const hoursBack = (from: number, to: number): Span => ({ fromMs: UNTIL - from * HOUR_MS, toMs: UNTIL - to * HOUR_MS })

const optionsOf = (org: Org, tasksPerDay: number): BlockOptions => ({
  seed: 1,
  org,
  watches: createWatches('UTC', 3),
  tasksPerDay,
  openingMs: 0,
  lostRecordings: 0,
  taskIdOf: arrivalKey,
  sessionIdOf: (pod, watch) => (agentIndex, login) => `${pod.index}.${watch}.${agentIndex}.${login}`,
})

describe('a world of months', () => {
  const days = [110, 75, 74, 31, 2].map((back): Span => hoursBack(back * 24, back * 24 - 24))
  const told = (world: World, span: Span) => sources.map((name) => rowsOf(world[name], span).map(textOf))

  it('is the same when its months are asked forwards, backwards, or after single ids', () => {
    const forwards = small()
    const expected = days.map((day) => told(forwards, day))
    expect(expected.flat(2).length).toBeGreaterThan(300)
    const backwards = small()
    expect(days.toReversed().map((day) => told(backwards, day))).toEqual(expected.toReversed())
    const picked = small()
    const singles = days.map((day) => rowsOf(forwards.tasks, day).at(-1)!)
    expect(singles.toReversed().map(({ id }) => textOf(picked.tasks.find(id, UNTIL)))).toEqual(
      singles.toReversed().map(textOf),
    )
    expect(days.map((day) => told(picked, day))).toEqual(expected)
  })

  it.each(sources)('finds each of its %s by id, at the time it was listed with', (name) => {
    const world = small()
    for (const row of rowsOf(world[name], days[0]!)) {
      const found = world[name].find(row.id, UNTIL)
      expect([found?.id, found?.time, textOf(found)]).toEqual([row.id, row.time, textOf(row)])
      expect(world[name].find(row.id, row.time - 1)).toBeUndefined()
      expect(world[name].find(row.id, row.time)?.id).toBe(row.id)
    }
  })

  it('knows nothing of ids that are not its own', () => {
    const world = small()
    const [stranger] = rowsOf(small(4).tasks, days[0]!)
    const [session] = rowsOf(world.agentSessions, days[0]!)
    for (const id of [stranger!.id, session!.id, uuidFor('nobody'), 'x', '']) {
      expect(world.tasks.find(id, UNTIL)).toBeUndefined()
      expect(world.taskLegs.find(`${id}-callLeg-${UNTIL}`, UNTIL)).toBeUndefined()
      expect(world.captures(id, UNTIL)).toBeUndefined()
    }
    expect(world.agentSessions.find(stranger!.id, UNTIL)).toBeUndefined()
  })

  it.each(sources)('cuts %s exactly at the edges of spans, in both orders', (name) => {
    const world = small()
    const whole = rowsOf(world[name], hoursBack(80, 0))
    expect(whole.length).toBeGreaterThan(5)
    const parts = Array.from({ length: 80 }, (_, at) => rowsOf(world[name], hoursBack(80 - at, 79 - at)))
    expect(namesOf(parts.flat())).toEqual(namesOf(whole))
    expect(new Set(namesOf(whole)).size).toBe(whole.length)
    expect(namesOf(rowsOf(world[name], hoursBack(80, 0), 'newest-first'))).toEqual(namesOf(whole).toReversed())
    const { time } = whole[3]!
    expect(rowsOf(world[name], { fromMs: time, toMs: time + 1 }).some(({ id }) => id === whole[3]!.id)).toBe(true)
    expect(rowsOf(world[name], { fromMs: time + 1, toMs: UNTIL }).some(({ id }) => id === whole[3]!.id)).toBe(false)
    expect(rowsOf(world[name], { fromMs: time - HOUR_MS, toMs: time }).some(({ id }) => id === whole[3]!.id)).toBe(
      false,
    )
  })

  it('lists legs of a span that are those of its tasks', () => {
    const world = small()
    const begun = rowsOf(world.tasks, hoursBack(24 * 10, 0)).map(({ id }) => id)
    const legs = rowsOf(world.taskLegs, hoursBack(24 * 20, 0)).filter(({ id }) => begun.includes(id.slice(0, 36)))
    const within = rowsOf(world.taskLegs, hoursBack(24 * 10, 0)).filter(({ id }) => begun.includes(id.slice(0, 36)))
    expect(namesOf(within)).toEqual(namesOf(legs))
  })

  it('begins with its opening and has nothing beyond the moment', () => {
    const world = small()
    for (const name of sources) {
      const rows = rowsOf(world[name], { fromMs: 0, toMs: world.history.fromMs + 2 * DAY_MS })
      expect(rows.length).toBeGreaterThan(0)
      expect(rows[0]!.time).toBeGreaterThanOrEqual(world.history.fromMs)
      const ahead = [
        ...world[name].scan({ fromMs: UNTIL - DAY_MS, toMs: UNTIL + DAY_MS }, UNTIL, 'oldest-first'),
      ].flat()
      expect(ahead.every(({ time }) => time <= UNTIL)).toBe(true)
    }
  })

  it('lets nobody work two sessions at a time, through every night and both changes of the clock', () => {
    const around = (until: string) =>
      createGeneratedWorld({
        seed: 8,
        tasksPerDay: 40,
        agents: 12,
        days: 4,
        historyUntilMs: Date.parse(until),
        timeZone: 'Europe/Berlin',
      })
    const [autumn, spring] = [around('2026-10-27T12:00:00Z'), around('2026-03-31T12:00:00Z')]
    for (const lived of [autumn, spring]) {
      const { toMs } = lived.history
      const sessions = [...lived.agentSessions.scan(lived.history, toMs, 'oldest-first')].flat()
      const byAgent = Map.groupBy(
        sessions.map((row) => row.record()),
        (session) => session['agentId'],
      )
      expect(byAgent.size).toBe(12)
      for (const sessions of byAgent.values()) {
        for (const [position, next] of sessions.slice(1).entries()) {
          const end = Number(sessions[position]!['endTime'])
          expect(end).not.toBe(-1)
          expect(Number(next['startTime'])).toBeGreaterThanOrEqual(end)
        }
      }
    }
  })
})

describe('events of a world', () => {
  it('are told once each and in order, however the time is cut', () => {
    const org = createOrg(1, { agents: 24, pods: 2 })
    const options = optionsOf(org, 500)
    const told = () => createWorldEvents({ ...options, pods: org.pods, blocks: createBlocks(options) })
    // The watch before ends at noon, when everybody calls: its contacts go on for a while.
    const noon = options.watches.startOf(60_001)
    const span: Span = { fromMs: noon - 30 * MINUTE_MS, toMs: noon + 30 * MINUTE_MS }
    const whole = told()(span)
    expect(whole.every(({ time }, at) => time >= (whole[at - 1]?.time ?? span.fromMs) && time < span.toMs)).toBe(true)
    const earlier = createBlocks(options)
    const before = new Set(org.pods.flatMap((pod) => earlier.of(pod, 60_000).tasks.map(({ id }) => id)))
    const overtime = whole.filter(
      ({ time, data: { taskId } }) => time >= noon && typeof taskId === 'string' && before.has(taskId),
    )
    expect(overtime.length).toBeGreaterThan(5)
    const parts = Array.from({ length: 12 }, (_, at) => ({
      fromMs: span.fromMs + at * 5 * MINUTE_MS,
      toMs: span.fromMs + (at + 1) * 5 * MINUTE_MS,
    }))
    const texts = (events: readonly WorldEvent[]) => events.map((event) => JSON.stringify(event))
    const other = told()
    const backwards = parts.toReversed().map((part) => texts(other(part)))
    expect(backwards.flat().toSorted()).toEqual(texts(whole).toSorted())
  })

  it('begin each task that the records show', () => {
    const world = small()
    const begun = [...world.events(hoursBack(48, 0))].filter(({ type }) => type === 'task:new')
    expect(begun.map(({ time, data }) => `${time} ${JSON.stringify(data['taskId']).slice(1, -1)}`).toSorted()).toEqual(
      namesOf(rowsOf(world.tasks, hoursBack(48, 0))).toSorted(),
    )
    expect([...world.events({ fromMs: 0, toMs: world.history.fromMs })]).toEqual([])
  })
})

describe('a large centre', () => {
  const options: GeneratedWorldOptions = {
    seed: 3,
    tasksPerDay: 1_000_000 / 30,
    agents: 667,
    days: 396,
    historyUntilMs: UNTIL,
    timeZone: 'Europe/Berlin',
  }

  it('lists ids, and finds them, without living through anything', () => {
    const frame = createFrame(options)
    const tasks = taskSource(frame)
    const rows = rowsOf(tasks, hoursBack(24 * 200, 24 * 199))
    expect(new Set(rows.map(({ id }) => id)).size).toBeGreaterThan(20_000)
    expect(tasks.find(rows.at(-1)!.id, UNTIL)?.time).toBe(rows.at(-1)!.time)
    expect(frame.blocks.tasksHeld()).toBe(0)
  })

  it('tells of one contact by living through one pod and watch', () => {
    const frame = createFrame(options)
    const [row] = rowsOf(taskSource(frame), hoursBack(5000, 4999))
    expect(row!.record()['id']).toBe(row!.id)
    expect(frame.blocks.tasksHeld()).toBeGreaterThan(10)
    expect(frame.blocks.tasksHeld()).toBeLessThan(2000)
  })
})

describe('blocks', () => {
  const org = createOrg(1, { agents: 24, pods: 4 })
  const options = optionsOf(org, 200)

  it('hold no more tasks than allowed, whatever is looked at, and at least the one looked at', () => {
    const blocks = createBlocks(options, { maxTasksHeld: 300 })
    for (let at = 0; at < 60; at++) {
      const block = blocks.of(org.pods[at % 4]!, 60_000 + Math.floor(at / 4))
      expect(blocks.of(block.pod, block.watch)).toBe(block)
      expect(blocks.tasksHeld()).toBeLessThanOrEqual(Math.max(300, block.tasks.length))
    }
    expect(blocks.tasksHeld()).toBeGreaterThan(100)
  })

  it('come back the same after they were forgotten', () => {
    const blocks = createBlocks(options, { maxTasksHeld: 1 })
    const look = () =>
      blocks.of(org.pods[0], 60_001).tasks.map(({ id, endedTime, beats }) => [id, endedTime, beats.length])
    const first = look()
    blocks.of(org.pods[1]!, 60_001)
    expect(look()).toEqual(first)
  })
})
