import type { RunningApp } from '@wxcc/sandbox/process'
import { useDatabase } from '@wxcc/testing/database'
import { startSimulator } from '@wxcc/testing/simulator'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MapperWorld } from '../testing/mapper-world.testing.ts'
import { MINUTE } from '../testing/records.testing.ts'
import { SimulatedSessions, type TrueState } from './simulated-sessions.testing.ts'

const QUARTER = 15 * MINUTE
const HOUR = 60 * MINUTE
/** A Friday of New York, from midnight on. */
const FROM = Date.UTC(2026, 2, 6, 5)
const UNTIL = FROM + 24 * HOUR

const database = useDatabase()
let app: RunningApp
let simulated: SimulatedSessions
let world: MapperWorld

beforeAll(async () => {
  app = await startSimulator({
    SIM_SEED: '11',
    SIM_TASKS_PER_DAY: '200',
    SIM_AGENTS: '6',
    SIM_TIME_ZONE: 'America/New_York',
    SIM_CLOCK_START: new Date(FROM).toISOString(),
    SIM_CLOCK_SPEED: '0',
    SIM_DAYS: '1',
    SIM_RATE_LIMIT_PER_MINUTE: '100000',
  })
  simulated = new SimulatedSessions(app)
  world = await MapperWorld.open(database.url())
})
afterAll(async () => {
  await world?.close()
  await app?.stop()
})

/** Milliseconds by agent, quarter hour and group, of stretches cut at `untilMs`. */
function trueSums(states: readonly TrueState[], untilMs: number): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { agentId, stateGroup, startTime, endTime } of states) {
    const endMs = Math.min(endTime ?? untilMs, untilMs)
    for (let at = startTime; at < endMs;) {
      const quarter = at - (at % QUARTER)
      const next = Math.min(quarter + QUARTER, endMs)
      const key = `${agentId} ${new Date(quarter).toISOString()} ${stateGroup}`
      sums.set(key, (sums.get(key) ?? 0) + next - at)
      at = next
    }
  }
  return sums
}

async function ourSums(untilMs: number): Promise<Map<string, number>> {
  const { rows } = await sql<{ agent: string; at: Date; state_group: string; ms: number }>`
    select g.source_agent_id as agent, a.interval_time as at, s.state_group, sum(a.activity_time_ms)::bigint as ms
    from journey.activity a join journey.agent_status s using (agent_status_id) join journey.agent g using (agent_id)
    where a.data_source_id = ${world.source.dataSourceId} and not a.is_deleted and a.interval_time < ${new Date(untilMs)}
    group by 1, 2, 3 having sum(a.activity_time_ms) > 0`.execute(world.db)
  return new Map(rows.map((row) => [`${row.agent} ${row.at.toISOString()} ${row.state_group}`, row.ms]))
}

const sorted = (sums: Map<string, number>) => [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1))

test('every agent’s time in every group and quarter hour is what the simulator says, to the millisecond, as it goes and in the end', async () => {
  // In the middle of a shift, a little later, and when all are home; what is open is cut at the boundary (mapping ruling 26).
  for (const boundaryMs of [FROM + 10 * HOUR, FROM + 10 * HOUR + QUARTER, UNTIL]) {
    const readMs = boundaryMs + 5 * MINUTE
    await simulated.moveClockTo(readMs)
    world.nowMs = readMs
    const sessions = await simulated.read(FROM - 24 * HOUR, readMs)
    await world.map(await world.fetchSessions(sessions, { reason: 'change', toMs: boundaryMs }))
    const expected = trueSums(await simulated.truth(FROM - 24 * HOUR, boundaryMs), boundaryMs)
    expect(expected.size).toBeGreaterThan(50)
    expect(sorted(await ourSums(boundaryMs))).toEqual(sorted(expected))
  }
  const { rows } = await sql<{ most: number; incomplete: number; quarters: number }>`
    select max(ms)::bigint as most, count(*)::bigint as quarters,
      (select count(*)::bigint from journey.agent_session where not is_activity_complete) as incomplete
    from (select sum(activity_time_ms) as ms from journey.activity where not is_deleted group by agent_id, interval_time) a`.execute(
    world.db,
  )
  expect(rows[0]).toMatchObject({ most: QUARTER, incomplete: 0 })
  expect(rows[0]!.quarters).toBeGreaterThan(150)
})
