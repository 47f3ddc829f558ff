import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EngagementFact, countEqual, readEngagementFacts } from '../demo/journey-facts.ts'
import { type CentrePlan, type Centres, startCentres } from './centres.testing.ts'
import { readScript } from './script.testing.ts'

const at = (text: string) => Date.parse(text)
const LIFE_ENDS = '2026-09-16T18:00:00Z'
const LOADED = { fromMs: at('2026-09-16T06:00Z'), toMs: at(LIFE_ENDS) }
/** One centre whose records are malformed where they begin, one where something inside does not fit. */
const HEADS: CentrePlan = {
  key: 'heads',
  orgId: '55555555-5555-4555-8555-555555555555',
  timeZone: 'UTC',
  livesBy: 'UTC',
  loaded: LOADED,
}
const FIELDS: CentrePlan = { ...HEADS, key: 'fields', orgId: '66666666-6666-4666-8666-666666666666' }

const fault = (plan: CentrePlan, root: string, what: object) => ({
  match: { org: plan.orgId, root },
  seed: 4,
  fault: what,
})
const FAULTS = [
  fault(HEADS, 'taskDetails', { kind: 'changeRows', set: { createdTime: null }, share: 0.04 }),
  fault(HEADS, 'agentSession', { kind: 'changeRows', set: { agentId: null }, share: 0.3 }),
  // Larger than any score, and than its column.
  fault(FIELDS, 'taskDetails', { kind: 'changeRows', set: { csatScore: 99_999 }, share: 0.04 }),
  fault(FIELDS, 'taskDetails', {
    kind: 'unknownEnum',
    field: 'activities.nodes.eventName',
    value: 'teleported',
    share: 0.1,
  }),
  fault(FIELDS, 'agentSession', {
    kind: 'unknownEnum',
    field: 'channelInfo.activities.nodes.state',
    value: 'dancing',
    share: 0.5,
  }),
]

const database = useDatabase()
const redis = useRedis()
let centres: Centres
/** Ids of the rows that each fault hit, by its place in the list. */
let hit: Set<string>[]

beforeAll(async () => {
  centres = await startCentres(
    {
      plans: [FIELDS, HEADS],
      seed: 3,
      tasksPerDay: 150,
      agents: 8,
      days: 3,
      firstLook: LIFE_ENDS,
      lifeEnds: LIFE_ENDS,
      faults: FAULTS,
      // A window is read three times, fifteen seconds in all, before its finding stays.
      clockSpeed: 20,
    },
    { databaseUrl: database.url(), redis },
  )
  await centres.judged()
  hit = await readHits()
}, 240_000)
afterAll(() => centres?.stop())

async function readHits(): Promise<Set<string>[]> {
  const answer = await fetch(`${centres.simulatorUrl}/_sim/faults`)
  const { faults } = (await answer.json()) as { faults: { served: { rows?: string[] }[] }[] }
  return faults.map(({ served }) => new Set(served.flatMap(({ rows }) => rows ?? [])))
}

/** `<source> <code> <record id>` */
async function openLetters(): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select s.data_source_key || ' ' || l.code || ' ' || (l.payload ->> 'recordId') as line
    from etl.dead_letter l join etl.data_source s using (data_source_id) where l.resolved_at is null order by 1`.execute(
    centres.db,
  )
  return rows.map(({ line }) => line)
}

/** How the rows of all tasks but these compare with the script. */
async function compareOthers(plan: CentrePlan, without: ReadonlySet<string>) {
  const script = await readScript(centres.simulatorUrl, plan.orgId, plan.loaded)
  const expected = script.engagements.filter((one) => !without.has(one.taskId))
  const ids = new Set(expected.map((one) => one.taskId))
  const held = (await readEngagementFacts(centres.db, plan.loaded)).filter((one: EngagementFact) => ids.has(one.taskId))
  return { script: expected.length, equal: countEqual(expected, held), held: held.length }
}

test('a task that no column can hold is buried by its id; the others of its page land', async () => {
  const [, , buried, unknown] = hit
  expect(buried!.size).toBeGreaterThan(1)
  const letters = (await openLetters()).filter((line) => line.startsWith('fields '))
  expect(letters).toEqual([...buried!].map((id) => `fields mapping_failed ${id}`).toSorted())
  const { script, equal, held } = await compareOthers(FIELDS, new Set([...buried!, ...unknown!]))
  expect([equal, held]).toEqual([script, script])
})

test('records that lack what every record has are buried, and take nobody with them', async () => {
  const [tasks, logins] = hit
  expect(tasks!.size).toBeGreaterThan(1)
  expect(logins!.size).toBeGreaterThan(0)
  const letters = (await openLetters()).filter((line) => line.startsWith('heads '))
  expect(letters).toEqual([...tasks!, ...logins!].map((id) => `heads record_malformed ${id}`).toSorted())
  const { script, equal, held } = await compareOthers(HEADS, tasks!)
  // Whether an offer was missed or rejected is not compared: the log-in that would tell is among the buried.
  expect([equal, held]).toEqual([script, script])
  const { rows } = await sql<{ sessions: number }>`
    select count(*)::int as sessions from journey.agent_session a join etl.data_source s using (data_source_id)
    where s.data_source_key = 'heads' and not a.is_deleted`.execute(centres.db)
  expect(rows[0]!.sessions).toBeGreaterThan(2)
})

test('events that nobody knows are kept, flagged and counted', async () => {
  const { rows } = await sql<{ id: string }>`
    select source_task_id as id from journey.conversation
    where 'unknown_event' = any(quality_flags) and status = 'Corrupted' and not is_deleted order by 1`.execute(
    centres.db,
  )
  expect(hit[3]!.size).toBeGreaterThan(5)
  expect(rows.map(({ id }) => id)).toEqual([...hit[3]!].filter((id) => !hit[2]!.has(id)).toSorted())
  expect(await countOf('unknown_event')).toBeGreaterThan(0)
})

test('a state that nobody knows counts as Busy, is marked and counted', async () => {
  const { rows } = await sql<{ state: string; group: string; ms: number }>`
    select t.source_state as state, t.state_group as "group", sum(a.activity_time_ms)::bigint as ms
    from journey.activity a join journey.agent_status t using (agent_status_id)
    where t.is_unknown and not a.is_deleted group by 1, 2`.execute(centres.db)
  expect(hit[4]!.size).toBeGreaterThan(0)
  expect(rows).toEqual([{ state: 'dancing', group: 'Busy', ms: expect.any(Number) as number }])
  expect(rows[0]!.ms).toBeGreaterThan(0)
  expect(await countOf('unknown_state')).toBeGreaterThan(0)
})

test('once the vendor has corrected them, the windows are proved and nothing stays buried', async () => {
  expect((await openLetters()).length).toBeGreaterThan(0)
  await fetch(`${centres.simulatorUrl}/_sim/faults`, { method: 'DELETE' })
  // A finding is looked at again after an hour.
  await centres.moveClock(at(LIFE_ENDS) + 2 * 60 * 60_000)
  await centres.loaded()
  expect(await openLetters()).toEqual([])
  // What landed with unknown words is not asked for again; nothing tells that it was corrected.
  const { script, equal, held } = await compareOthers(FIELDS, hit[3]!)
  expect([equal, held]).toEqual([script, script])
})

/** How many unknown words of a kind the mappers have counted. */
async function countOf(kind: string): Promise<number> {
  const lines = (await centres.mapperMetrics()).split('\n').filter((line) => line.startsWith('wxcc_unknown_met'))
  return lines
    .filter((line) => line.includes(`"${kind}"`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}
