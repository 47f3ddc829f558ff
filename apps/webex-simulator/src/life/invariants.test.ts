/** What holds in every life, whatever its seed: small worlds of all kinds of size, zone and moment, read as a client would read them. */
import { describe, expect, it } from 'vitest'
import { CONFIGURATION_ENTITIES } from '../world.ts'
import type { AgentSessionRecord, RecordOf, TaskLegRecord, TaskRecord, World } from '../world.ts'
import { EVER, legsOf, sessionsOf, tasksOf } from '../testing/read-world.ts'
import { HOUR_MS } from './clock-units.ts'
import { createGeneratedWorld } from './generated-world.ts'
import { carsOf, rowsOf, sum } from './world.testing.ts'

const SEEDS = Array.from({ length: 100 }, (_, at) => at + 1)
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland']
/** An ordinary Monday, and the days on which European and American clocks change. */
const DAYS = ['2026-11-02', '2026-03-29', '2026-10-25', '2026-03-08', '2026-11-01']

interface Life {
  readonly world: World
  readonly asOf: number
  readonly tasks: readonly TaskRecord[]
  readonly sessions: readonly AgentSessionRecord[]
  readonly legs: readonly TaskLegRecord[]
}

const lives = new Map<number, Life>()
function lifeOf(seed: number): Life {
  const known = lives.get(seed)
  if (known !== undefined) return known
  const historyUntilMs = Date.parse(`${DAYS[Math.floor(seed / 5) % DAYS.length]}T15:00:00Z`)
  const world = createGeneratedWorld({
    seed,
    tasksPerDay: 30 + (seed % 4) * 15,
    agents: 3 + (seed % 4),
    days: 1,
    historyUntilMs,
    timeZone: ZONES[seed % ZONES.length]!,
  })
  // Some in the middle of the day, some after everything is over.
  const asOf = historyUntilMs + (seed % 3 === 0 ? 30 * HOUR_MS : 0)
  const tasks = tasksOf(world, asOf, { fromMs: 0, toMs: historyUntilMs })
  const ids = new Set(tasks.map(({ id }) => id))
  const legs = legsOf(world, asOf, EVER).filter(({ taskId }) => ids.has(taskId))
  const life: Life = { world, asOf, tasks, sessions: sessionsOf(world, asOf, EVER), legs }
  lives.set(seed, life)
  return life
}

/** What breaks the rule, over all seeds; the first few are enough to see why. */
const broken = (rule: (life: Life) => Iterable<string>) =>
  SEEDS.flatMap((seed) => [...rule(lifeOf(seed))].map((what) => `seed ${seed}: ${what}`)).slice(0, 5)

interface Stretch {
  readonly from: number
  readonly to: number
  readonly what: string
}
function* overlaps(stretches: readonly Stretch[]): Iterable<string> {
  const ascending = stretches.toSorted((a, b) => a.from - b.from || a.to - b.to)
  let last: Stretch | undefined
  for (const next of ascending) {
    if (last !== undefined && next.from < last.to) yield `${last.what} meets ${next.what}`
    if (last === undefined || next.to > last.to) last = next
  }
}
const orEver = (time: number | null) => (time === null || time === -1 ? Number.POSITIVE_INFINITY : time)

// A hundred worlds are lived through once and looked at from all sides: a few seconds.
describe('over 100 seeds', { timeout: 60_000 }, () => {
  it('rows of a slot touch, from log-in to log-out', () => {
    expect(
      broken(function* ({ sessions }) {
        for (const session of sessions) {
          for (const { channelId, activities } of session.channelInfo) {
            const rows = rowsOf(activities.nodes)
            if (rows[0]?.startTime !== session.startTime) yield `${channelId} begins late`
            if (rows.at(-1)?.endTime !== session.endTime) yield `${channelId} does not end with its session`
            for (const [position, row] of rows.slice(1).entries())
              if (row.startTime !== rows[position]!.endTime) yield `${channelId} has a gap before ${row.state}`
          }
        }
      }),
    ).toEqual([])
  })

  it('nobody has two sessions, or two calls, at once', () => {
    expect(
      broken(function* ({ world, asOf, sessions, tasks }) {
        for (const own of Map.groupBy(sessions, (session) => session['agentId']).values())
          yield* overlaps(
            own.map(({ startTime, endTime, agentSessionId }) => ({
              from: startTime,
              to: orEver(endTime),
              what: agentSessionId,
            })),
          )
        const voice = new Set(tasks.filter((task) => task['channelType'] === 'telephony').map(({ id }) => id))
        const calls = world
          .truth!.engagements(EVER, asOf)
          .filter(({ type, taskId }) => type === 'Agent' && voice.has(taskId))
        for (const own of Map.groupBy(calls, ({ agentId }) => agentId).values())
          yield* overlaps(
            own.map(({ startTime, endTime, taskId }) => ({ from: startTime, to: orEver(endTime), what: taskId })),
          )
      }),
    ).toEqual([])
  })

  it('each agent has one status at a time', () => {
    expect(
      broken(function* ({ world, asOf }) {
        const states = Map.groupBy(world.truth!.agentStates(EVER, asOf), ({ agentId }) => agentId)
        for (const own of states.values())
          yield* overlaps(
            own.map(({ startTime, endTime, stateGroup }) => ({
              from: startTime,
              to: orEver(endTime),
              what: stateGroup,
            })),
          )
      }),
    ).toEqual([])
  })

  it('every id in a record is one that the configuration, a task or a session has', () => {
    expect(
      broken(function* ({ world, asOf, tasks, sessions, legs }) {
        const known = new Set(
          CONFIGURATION_ENTITIES.flatMap((entity) => uuidsIn(JSON.stringify(world.configuration(entity)))),
        )
        known.add(world.orgId)
        for (const session of sessions) {
          known.add(session.agentSessionId)
          for (const { channelId } of session.channelInfo) known.add(channelId)
        }
        for (const task of tasks) {
          known.add(task.id)
          for (const { childContactId } of task.activities.nodes)
            if (typeof childContactId === 'string') known.add(childContactId)
        }
        const isKnown = (id: string) => known.has(id) || world.tasks.find(id, asOf) !== undefined
        for (const record of [...tasks, ...sessions, ...legs])
          for (const [path, id] of idsOf(record, '')) if (!isKnown(id)) yield `${path} ${id}`
      }),
    ).toEqual([])
  })

  it('measures of a task are those of its steps (webex-cc-api §7.1)', () => {
    expect(
      broken(function* ({ tasks }) {
        for (const task of tasks) {
          const rows = carsOf(task)
          const expected = {
            totalDuration: task.endedTime === -1 ? -1 : task.endedTime - task.createdTime,
            queueDuration: sum(rows, 'parked'),
            ringingDuration: sum(rows, 'connect'),
            holdDuration: sum(rows, 'on-hold'),
            wrapupDuration: sum(rows, 'WrapUp'),
            consultDuration: sum(rows, 'consulting'),
            connectedDuration: sum(rows, 'connected', 'hold-done'),
            connectedCount: rows.filter(({ eventName }) => eventName === 'connected').length,
          }
          for (const [name, value] of Object.entries(expected))
            if (task[name] !== value) yield `${task.id} ${name} ${JSON.stringify(task[name])}, not ${value}`
        }
      }),
    ).toEqual([])
  })

  it('legs lie within their tasks, and each stay in a queue is one of them', () => {
    expect(
      broken(function* ({ tasks, legs }) {
        const byTask = Map.groupBy(legs, ({ taskId }) => taskId)
        for (const task of tasks) {
          const own = byTask.get(task.id) ?? []
          for (const leg of own) {
            const endedTime = Number(leg['endedTime'])
            if (leg.createdTime < task.createdTime || orEver(endedTime) > orEver(task.endedTime))
              yield `${leg.id} is not within its task`
            if (endedTime === -1 && task.endedTime !== -1) yield `${leg.id} outlives its task`
          }
          const stays = own.filter((leg) => (leg['queue'] as RecordOf)['id'] !== null)
          if (stays.length !== task['queueCount'])
            yield `${task.id} has ${stays.length} legs in queues, not ${JSON.stringify(task['queueCount'])}`
        }
      }),
    ).toEqual([])
  })

  it('everything is over, and nobody at work, when a few days have gone by', () => {
    expect(
      broken(function* ({ world, tasks, asOf }) {
        const later = asOf + world.tasks.settlesWithinMs
        const settled = (id: string, at: number) => JSON.stringify(world.tasks.find(id, at)?.record())
        for (const { id } of tasks.filter((_, position) => position % 3 === 0)) {
          if (settled(id, later) !== settled(id, later * 2)) yield `${id} still changes`
          if (world.tasks.find(id, later)!.record()['isActive'] !== false) yield `${id} never ends`
        }
        for (const { agentSessionId, startTime } of sessionsOf(world, asOf)) {
          const session = world.agentSessions.find(agentSessionId, startTime + world.agentSessions.settlesWithinMs)!
          if (session.record()['isActive'] !== false) yield `${agentSessionId} never ends`
        }
      }),
    ).toEqual([])
  })
})

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g
const uuidsIn = (text: string) => (text.length < 36 ? [] : (text.match(UUID) ?? []))

/** A consulted entry point's child contact is no task: it has rows in its parent only (webex-cc-api §7.2 k). */
const OWN_IDS = new Set(['id', 'childContactId'])

/** Ids of other things that a record names, with where it names them; not the ids of its own rows. */
function* idsOf(value: unknown, path: string): Iterable<readonly [path: string, id: string]> {
  if (typeof value === 'string') {
    for (const id of uuidsIn(value)) yield [path, id]
  } else if (Array.isArray(value)) {
    for (const element of value) yield* idsOf(element, path)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      if (path.endsWith('nodes') && OWN_IDS.has(key)) continue
      yield* idsOf(member, path === '' ? key : `${path}.${key}`)
    }
  }
}
