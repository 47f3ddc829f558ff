import { useDatabase } from '@wxcc/testing/database'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MapperWorld } from '../testing/mapper-world.testing.ts'
import { MINUTE, session, TEN } from '../testing/records.testing.ts'
import { activitySums } from './agent-time.testing.ts'

const database = useDatabase()
let world: MapperWorld

beforeEach(async () => {
  world = await MapperWorld.open(database.url())
})
afterEach(async () => {
  await world.db.deleteFrom('journey.agent_state_rule').execute()
  await world.close()
})

/** Voice is available all the time; chat dances for five minutes of it, in lunch shoes. */
const voice = session('s-1', TEN, [['available', 0, 900]], 900)
const chat = session('s-1', TEN, [['Dancing', 300, 600, { idleCode: { id: 'i-1', name: 'Lunch' } }]], 900)
const dancer = {
  asr: voice.asr,
  channels: [...voice.channels, { channelId: 's-1-chat', activities: chat.channels[0]!.activities }],
}

async function rule(state: string, group: string, dataSourceId = world.source.dataSourceId): Promise<void> {
  await world.db
    .insertInto('journey.agent_state_rule')
    .values({ data_source_id: dataSourceId, source_state: state, state_group: group })
    .onConflict((oc) => oc.columns(['data_source_id', 'source_state']).doUpdateSet({ state_group: group }))
    .execute()
}

/** The next pass, which has nothing to tell. */
async function nextPass(to = world): Promise<void> {
  await to.map(await to.fetchSessions([], { toMs: TEN + 30 * MINUTE }))
}

const status = async (of = world) =>
  of.db
    .selectFrom('journey.agent_status')
    .select(['name', 'state_group', 'availability', 'is_unknown'])
    .where('data_source_id', '=', of.source.dataSourceId)
    .where('source_state', '=', 'Dancing')
    .executeTakeFirstOrThrow()

test('an unknown state is Busy, says so, bears its own name and is reported (mapping ruling 27)', async () => {
  await world.map(await world.fetchSessions([dancer]))
  expect(await status()).toEqual({ name: 'Dancing', state_group: 'Busy', availability: 'Available', is_unknown: true })
  expect(world.findings).toEqual([{ event: 'unknown_state', name: 'Dancing' }])
  expect(await activitySums(world)).toEqual([
    [0, 'Dancing', 300],
    [0, 'available', 600],
  ])
})

test('an operator’s rule regroups the state and derives agent time anew', async () => {
  await world.map(await world.fetchSessions([dancer]))
  await rule('dancing', 'Idle')
  await nextPass()
  expect(await status()).toMatchObject({ state_group: 'Idle', availability: 'Unavailable', is_unknown: false })
  // Available goes before Idle now; idle slots have no capacity, so nothing of dancing is left.
  expect(await activitySums(world)).toEqual([[0, 'available', 900]])

  await rule('dancing', 'Ignored')
  await rule('available', 'Wrap Up')
  await nextPass()
  expect(await activitySums(world)).toEqual([[0, 'available', 900]])
  const { availability } = await world.db
    .selectFrom('journey.activity')
    .select('availability')
    .where('data_source_id', '=', world.source.dataSourceId)
    .where('is_deleted', '=', false)
    .executeTakeFirstOrThrow()
  expect(availability).toBe('Unavailable')

  await world.db.deleteFrom('journey.agent_state_rule').execute()
  await nextPass()
  expect(await activitySums(world)).toEqual([
    [0, 'Dancing', 300],
    [0, 'available', 600],
  ])
})

test('a rule for every source yields to the source’s own, and each source follows its own', async () => {
  const other = await MapperWorld.open(database.url())
  await rule('dancing', 'Logged Out', 0)
  await rule('dancing', 'Wrap Up', other.source.dataSourceId)
  for (const each of [world, other]) await each.map(await each.fetchSessions([dancer]))
  expect(await activitySums(world)).toEqual([[0, 'available', 900]])
  expect(await activitySums(other)).toEqual([
    [0, 'Dancing', 300],
    [0, 'available', 600],
  ])
  await other.close()
})

test('what a rule makes due is derived at once, and is the same as if the rule had always been there', async () => {
  const logins = Array.from({ length: 30 }, (_, place) => {
    const loginMs = TEN - place * 45 * MINUTE
    const login = session(`s-${place}`, loginMs, [['available', 0, 900]], 900)
    const other = session(`s-${place}-chat`, loginMs, [['Dancing', 300, 600]], 900)
    const asr = { ...login.asr, agentId: `agent-${place % 7}` }
    return { asr, channels: [...login.channels, ...other.channels] }
  })
  await world.map(await world.fetchSessions(logins))
  await rule('dancing', 'Idle', 0)
  const always = await MapperWorld.open(database.url())
  await always.map(await always.fetchSessions(logins))
  await nextPass()
  expect(await activitySums(world)).toEqual(await activitySums(always))
  expect(await activitySums(world)).toHaveLength(30)
  const due = await world.db.selectFrom('etl.agent_time_due').select('agent_id').execute()
  expect(due).toEqual([])
  await always.close()
})

test('a source’s activity is not derived anew when nothing has changed', async () => {
  await world.map(await world.fetchSessions([dancer]))
  const before = await world.db.selectFrom('etl.agent_state_applied').selectAll().execute()
  world.nowMs += MINUTE
  await nextPass()
  expect(await world.db.selectFrom('etl.agent_state_applied').selectAll().execute()).toEqual(before)
})
