import { RetryableError } from '@wxcc/contracts/failures'
import { hashJourney } from '@wxcc/db/journey/content-hash'
import { createDatabase, useDatabase } from '@wxcc/testing/database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MapperWorld } from './testing/mapper-world.testing.ts'
import { answeredCall, declinedCall, MINUTE, session, type State, task, TEN } from './testing/records.testing.ts'

const database = useDatabase()
let world: MapperWorld

beforeEach(async () => {
  world = await MapperWorld.open(database.url())
})
afterEach(() => world.close())

const available = (seconds: number) =>
  session(
    's-ann',
    TEN,
    [
      ['available', 0, seconds],
      ['logged-out', seconds, seconds],
    ],
    seconds,
  )

/** The same work every time: tasks growing, an offer that rang out, a login that ends, transcripts and recordings. */
async function lineUp(to: MapperWorld): Promise<(() => Promise<unknown>)[]> {
  const whole = answeredCall('call-1', TEN)
  const early = task('call-1', TEN, [
    ['new', 0, 2],
    ['parked', 2, 9, { queueId: 'q-sales' }],
  ])
  const ringing: State[] = [
    ['idle', 0, 600],
    ['available', 600, 1210],
    ['ringing', 1210, 1215],
  ]
  const loginMs = TEN - 20 * MINUTE
  const open = session(
    's-1',
    loginMs,
    [
      ['idle', 0, 600],
      ['available', 600, null],
    ],
    null,
  )
  const later = session('s-1', loginMs, [...ringing, ['not-responding', 1215, null]], null)
  const closed = session('s-1', loginMs, [...ringing, ['not-responding', 1215, 1300]], 1300)
  const next = session('s-2', TEN + 30 * MINUTE, [['available', 0, null]], null)
  const spans = [
    await to.fetchTasks([early, declinedCall('call-2', TEN)]),
    await to.fetchTasks([whole]),
    await to.fetchSessions([open], { reason: 'change', toMs: TEN - 15 * MINUTE }),
    await to.fetchSessions([later], { reason: 'change', toMs: TEN + 30 * MINUTE }),
    await to.fetchSessions([closed, next], { reason: 'change', toMs: TEN + 45 * MINUTE }),
    await to.fetchTasks([declinedCall('call-2', TEN), declinedCall('call-3', TEN)], { reason: 'change' }),
    await to.fetchSessions([open]),
    await to.fetchSessions([next]),
  ]
  const captures = [
    await to.storeCapture('call-1', 'recording', 'RIFF', TEN + 20_000),
    await to.storeCapture(
      'call-3',
      'transcript',
      JSON.stringify([{ id: 'm', role: 'agent', text: 'a', timestamp: TEN }]),
      TEN,
    ),
  ]
  return [
    ...spans.map((fetchId) => () => to.mapAgain(fetchId)),
    ...captures.map((captureId) => () => to.mapCapture(captureId)),
  ]
}

/**
 * Does everything in an order that `seed` decides, some of it twice; what has to wait goes to the end. Several mappers work at the same time, never two
 * on the same fetch.
 */
async function workInOrder(work: readonly (() => Promise<unknown>)[], seed: number, mappers: number): Promise<void> {
  let state = seed
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  const left = [...work, work[random(work.length)]!, work[random(work.length)]!]
  const inHand = new Map<() => Promise<unknown>, Promise<unknown>>()
  const doOne = async (one: () => Promise<unknown>) => {
    try {
      await one()
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error
      left.push(one)
    }
  }
  const beMapper = async () => {
    while (left.length > 0) {
      const one = left.splice(random(left.length), 1)[0]!
      const mine = (inHand.get(one) ?? Promise.resolve()).then(() => doOne(one))
      inHand.set(one, mine)
      await mine
    }
  }
  await Promise.all(Array.from({ length: mappers }, beMapper))
}

test('any order of work, also by two mappers at once, ends in the same rows', async () => {
  const seen = new Map<string, string[]>()
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const own = await createDatabase()
    const one = await MapperWorld.open(own.url, 'same')
    try {
      await workInOrder(await lineUp(one), seed, seed % 2 === 0 ? 2 : 1)
      const { sha256, tables } = await hashJourney(one.db)
      seen.set(
        sha256,
        tables.map((table) => `${table.table} ${table.rows} ${table.sha256}`),
      )
    } finally {
      await one.close()
      await own.drop()
    }
  }
  const [first, second] = [...seen.values()]
  expect(second ?? first).toEqual(first)
  expect(first).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^engagement 9 /),
      expect.stringMatching(/^turn 3 /),
      expect.stringMatching(/^agent_session 2 /),
      expect.stringMatching(/^agent_state_interval 5 /),
    ]),
  )
})

test('facts point at dimensions that exist', async () => {
  await world.map(await world.fetchTasks([answeredCall('call-1', TEN), declinedCall('call-2', TEN)]))
  await world.map(await world.fetchSessions([available(600)]))
  const { rows } = await sql<{ orphan: string }>`
    select 'agent' as orphan from journey.engagement e where agent_id is not null and not exists (select from journey.agent d where d.agent_id = e.agent_id)
    union all select 'queue' from journey.engagement e where queue_id is not null and not exists (select from journey.queue d where d.queue_id = e.queue_id)
    union all select 'team' from journey.engagement e where engaged_team_id is not null and not exists (select from journey.team d where d.team_id = e.engaged_team_id)
    union all select 'site' from journey.engagement e where site_id is not null and not exists (select from journey.site d where d.site_id = e.site_id)
    union all select 'entry_point' from journey.engagement e where entry_point_id is not null and not exists (select from journey.entry_point d where d.entry_point_id = e.entry_point_id)
    union all select 'outcome' from journey.engagement e where outcome_id is not null and not exists (select from journey.outcome d where d.outcome_id = e.outcome_id)
    union all select 'contact' from journey.conversation c where contact_id is not null and not exists (select from journey.contact d where d.contact_id = c.contact_id)
    union all select 'customer' from journey.conversation c where customer_id is not null and not exists (select from journey.customer d where d.customer_id = c.customer_id)
    union all select 'session agent' from journey.agent_session s where not exists (select from journey.agent d where d.agent_id = s.agent_id)
    union all select 'status' from journey.activity a where not exists (select from journey.agent_status d where d.agent_status_id = a.agent_status_id)`.execute(
    world.db,
  )
  expect(rows).toEqual([])
})
