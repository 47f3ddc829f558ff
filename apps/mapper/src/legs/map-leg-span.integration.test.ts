import { useDatabase } from '@wxcc/testing/database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MapperWorld } from '../testing/mapper-world.testing.ts'
import { MINUTE, TEN, task } from '../testing/records.testing.ts'

const database = useDatabase()
const worlds: MapperWorld[] = []
let world: MapperWorld

beforeAll(async () => {
  world = await openWorld('on')
})
afterAll(async () => {
  for (const one of worlds) await one.close()
})

async function openWorld(taskLegs: 'off' | 'on', key?: string): Promise<MapperWorld> {
  const opened = await MapperWorld.open(database.url(), key)
  worlds.push(opened)
  await opened.db
    .updateTable('etl.data_source')
    .set({ task_legs: taskLegs })
    .where('data_source_id', '=', opened.source.dataSourceId)
    .execute()
  return opened
}

const SALES = { queueId: 'q-sales', queueName: 'Sales' }
const ANN = { agentId: 'ann', agentName: 'Ann Agent', teamId: 'team-1', teamName: 'Team One' }

/** Thirty seconds in the queue: missed by the source's own 20 s. */
const waited = (id: string, startMs = TEN) =>
  task(id, startMs, [
    ['new', 0, 5],
    ['parked', 5, 30, SALES],
    ['connect', 30, 35, { ...SALES, ...ANN }],
    ['connected', 35, 95, { ...SALES, ...ANN }],
    ['ended', 95, 95],
  ])

const leg = (taskId: string, fields: object = {}) => ({
  id: `${taskId}-callLeg-${TEN + 5_000}`,
  taskId,
  createdTime: TEN + 5_000,
  endedTime: TEN + 95_000,
  lastActivityTime: TEN + 95_000,
  isActive: false,
  channelType: 'telephony',
  direction: 'inbound',
  queue: { id: 'q-sales', name: 'Sales', duration: 30_000 },
  owner: { id: 'ann', name: 'Ann Agent', signInId: 'ann@example.com' },
  handleType: 'normal',
  isTaskLegHandled: true,
  isWithinServiceLevel: true,
  slaValue: '60',
  connectedDuration: 60_000,
  wrapupDuration: -1,
  ...fields,
})

async function verdicts(of: MapperWorld, taskId: string) {
  return of.db
    .selectFrom('journey.engagement as e')
    .innerJoin('journey.conversation as c', 'c.conversation_id', 'e.conversation_id')
    .select(['e.engagement_type', 'e.service_level'])
    .where('c.source_task_id', '=', taskId)
    .where('c.data_source_id', '=', of.source.dataSourceId)
    .where('e.engagement_type', 'in', ['Queue', 'Agent'])
    .where('e.is_deleted', '=', false)
    .orderBy('e.sequence_no')
    .execute()
}

function legsOf(of: MapperWorld, taskId: string) {
  return of.db
    .selectFrom('journey.task_leg')
    .selectAll()
    .where('data_source_id', '=', of.source.dataSourceId)
    .where('source_task_id', '=', taskId)
    .execute()
}

const MET = [
  { engagement_type: 'Queue', service_level: 'Met' },
  { engagement_type: 'Agent', service_level: 'Met' },
]
const MISSED = MET.map((row) => ({ ...row, service_level: 'Missed' }))

test('a leg becomes a row, of members that resolve', async () => {
  await world.map(await world.fetchLegs([leg('alone')]))
  const [row] = await legsOf(world, 'alone')
  expect(row).toMatchObject({
    leg_start_time: new Date(TEN + 5_000),
    leg_end_time: new Date(TEN + 95_000),
    channel_type: 'Voice',
    direction: 'Inbound',
    service_level_ms: 60_000,
    queue_time_ms: 30_000,
    connected_time_ms: 60_000,
    wrap_up_time_ms: null,
    is_handled: true,
    is_within_service_level: true,
    handle_type: 'normal',
  })
  const named = await world.db
    .selectFrom('journey.queue as q')
    .innerJoin('journey.agent as a', 'a.data_source_id', 'q.data_source_id')
    .select(['q.name as queue', 'a.name as agent'])
    .where('q.queue_id', '=', row!.queue_id)
    .where('a.agent_id', '=', row!.agent_id)
    .execute()
  expect(named).toEqual([{ queue: 'Sales', agent: 'Ann Agent' }])
})

test('a leg’s threshold goes before the source’s, whether leg or task comes first', async () => {
  await world.map(await world.fetchTasks([waited('task-first')]))
  expect(await verdicts(world, 'task-first')).toEqual(MISSED)
  expect(await world.map(await world.fetchLegs([leg('task-first')]))).toMatchObject({ counts: { rederived: 1 } })
  expect(await verdicts(world, 'task-first')).toEqual(MET)

  await world.map(await world.fetchLegs([leg('leg-first')]))
  await world.map(await world.fetchTasks([waited('leg-first')]))
  expect(await verdicts(world, 'leg-first')).toEqual(MET)
})

test('a leg that says what is stored derives nothing, also the second time', async () => {
  await world.map(await world.fetchTasks([waited('agreed')]))
  const fetchId = await world.fetchLegs([leg('agreed', { slaValue: '20', isWithinServiceLevel: false })])
  expect(await world.map(fetchId)).toMatchObject({ counts: { legs: 1, rederived: 0 } })
  const before = await legsOf(world, 'agreed')
  expect(await world.mapAgain(fetchId)).toMatchObject({ counts: { legs: 0, older: 1, rederived: 0 } })
  expect(await legsOf(world, 'agreed')).toEqual(before)
})

test('a promise that is taken back leaves the source’s own', async () => {
  await world.map(await world.fetchTasks([waited('taken-back')]))
  await world.map(await world.fetchLegs([leg('taken-back')]))
  expect(await verdicts(world, 'taken-back')).toEqual(MET)
  await world.map(await world.fetchLegs([leg('taken-back', { slaValue: null, lastActivityTime: TEN + 96_000 })]))
  expect(await verdicts(world, 'taken-back')).toEqual(MISSED)
})

test('the newest copy of a leg stays, in whatever order copies come', async () => {
  const open = leg('ordered', { endedTime: -1, isActive: true, lastActivityTime: TEN + 40_000, slaValue: '10' })
  const ended = leg('ordered')
  const twin = leg('ordered', { terminationReason: 'Customer Left' })
  const stored = []
  for (const copies of [
    [open, ended, twin],
    [twin, open, ended],
    [ended, twin, open],
  ]) {
    await world.db.deleteFrom('journey.task_leg').where('source_task_id', '=', 'ordered').execute()
    for (const copy of copies) await world.map(await world.fetchLegs([copy]))
    const [row] = await legsOf(world, 'ordered')
    stored.push(row!.row_hash!.toString('hex'))
    expect(row).toMatchObject({ is_active: false, service_level_ms: 60_000 })
  }
  expect(new Set(stored).size).toBe(1)
})

test('a leg without task or start is quarantined while the rest of its page lands', async () => {
  const fetchId = await world.fetchLegs([
    leg('good'),
    leg('bad', { id: 'no-task', taskId: null }),
    leg('bad', { id: null }),
    leg('huge', { connectedDuration: 1e19 }),
  ])
  expect(await world.map(fetchId)).toMatchObject({ counts: { legs: 1, failed: 3 } })
  expect(await legsOf(world, 'good')).toHaveLength(1)
  const letters = await world.db
    .selectFrom('etl.dead_letter')
    .select(['job_id', 'code'])
    .where('data_source_id', '=', world.source.dataSourceId)
    .execute()
  expect(letters.map(({ code }) => code)).toEqual(['record_malformed', 'record_malformed', 'record_malformed'])
  expect(letters.map(({ job_id: id }) => id)).toContain(`map-span.${world.source.key}.no-task`)
})

test('a source without legs does not look for any', async () => {
  const off = await openWorld('off')
  await off.map(await off.fetchLegs([leg('unasked')]))
  await off.map(await off.fetchTasks([waited('unasked', TEN + MINUTE)]))
  expect(await verdicts(off, 'unasked')).toEqual(MISSED)
})
