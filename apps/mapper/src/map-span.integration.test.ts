import { FatalError, FencedOff } from '@wxcc/contracts/failures'
import { hashJourney, type TableHash } from '@wxcc/db/journey/content-hash'
import { useDatabase } from '@wxcc/testing/database'
import { sql } from 'kysely'
import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mapFetchedSpan } from './map-span.ts'
import { MapperWorld } from './testing/mapper-world.testing.ts'
import { answeredCall, CANARY, declinedCall, MINUTE, session, task, TEN } from './testing/records.testing.ts'

const database = useDatabase()
let world: MapperWorld

beforeEach(async () => {
  world = await MapperWorld.open(database.url())
})
afterEach(() => world.close())

/** Every row of `journey` that says when it changed, with that time. */
async function changeTimes(): Promise<string[]> {
  const { rows } = await sql<{ row: string }>`
    select 'conversation ' || conversation_id || ' ' || updated_at as row from journey.conversation
    union all select 'engagement ' || engagement_id || ' ' || updated_at from journey.engagement
    union all select 'turn ' || turn_id || ' ' || updated_at from journey.turn
    union all select 'media_file ' || media_file_id || ' ' || updated_at from journey.media_file
    union all select 'session ' || agent_session_id || ' ' || updated_at from journey.agent_session
    union all select 'interval ' || agent_state_interval_id || ' ' || updated_at from journey.agent_state_interval
    union all select 'activity ' || activity_id || ' ' || updated_at from journey.activity
    union all select 'contact ' || contact_id || ' ' || updated_at from journey.contact
    union all select 'agent ' || agent_id || ' ' || updated_at from journey.agent
    union all select 'queue ' || queue_id || ' ' || updated_at from journey.queue
    union all select 'status ' || agent_status_id || ' ' || updated_at from journey.agent_status
    order by 1`.execute(world.db)
  return rows.map(({ row }) => row)
}

const fetchState = async (fetchId: number) =>
  (await world.db.selectFrom('etl.fetch').select('state').where('fetch_id', '=', fetchId).executeTakeFirstOrThrow())
    .state

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

const withoutTombstones = ({ table, rows, sha256 }: TableHash) => `${table} ${rows} ${sha256}`

describe('tasks', () => {
  test('a span becomes conversations and engagements, and is mapped', async () => {
    const fetchId = await world.fetchTasks([answeredCall('call-1', TEN), declinedCall('call-2', TEN + MINUTE)])
    expect(await world.map(fetchId)).toEqual({ kind: 'done', counts: { landed: 2, older: 0, failed: 0 } })
    expect(await fetchState(fetchId)).toBe('mapped')
    expect(await world.engagements('call-1')).toEqual(['Menu', 'Queue', 'Agent'])
    expect(await world.engagements('call-2')).toEqual(['Menu', 'Queue', 'Invitation:rejected'])
    const conversation = await world.db
      .selectFrom('journey.conversation')
      .selectAll()
      .where('source_task_id', '=', 'call-1')
      .where('data_source_id', '=', world.source.dataSourceId)
      .executeTakeFirstOrThrow()
    expect(conversation).toMatchObject({ status: 'Completed', is_car_complete: true, variables: { Language: 'cs' } })
    const captures = await world.db
      .selectFrom('etl.capture')
      .select(['task_id', 'kind', 'state'])
      .where('data_source_id', '=', world.source.dataSourceId)
      .execute()
    expect(captures).toEqual([{ task_id: 'call-1', kind: 'recording', state: 'expected' }])
  })

  test('an empty span is mapped too', async () => {
    const fetchId = await world.fetchTasks([])
    await world.map(fetchId)
    expect(await fetchState(fetchId)).toBe('mapped')
  })

  test('a repeat changes nothing, not even the time of the last change', async () => {
    const tasks = await world.fetchTasks([answeredCall('call-1', TEN), declinedCall('call-2', TEN + MINUTE)])
    const sessions = await world.fetchSessions([available(600)], { reason: 'change' })
    await world.map(tasks)
    await world.map(sessions)
    const before = await changeTimes()
    expect(before.length).toBeGreaterThan(15)
    await world.mapAgain(tasks)
    await world.mapAgain(sessions)
    await world.map(await world.fetchTasks([answeredCall('call-1', TEN), declinedCall('call-2', TEN + MINUTE)]))
    expect(await changeTimes()).toEqual(before)
  })

  test('an older copy never wins, a smaller set of CARs only by later activity', async () => {
    const open = task('call-1', TEN, [
      ['new', 0, 1, { ivrScriptId: 'flow-1' }],
      ['parked', 1, 9, { queueId: 'q-sales' }],
    ])
    const whole = answeredCall('call-1', TEN)
    const older = await world.fetchTasks([open])
    await world.map(await world.fetchTasks([whole]))
    expect(await world.map(older)).toMatchObject({ counts: { landed: 0, older: 1 } })
    expect(await world.engagements('call-1')).toEqual(['Menu', 'Queue', 'Agent'])

    const smaller = { ...whole, cars: whole.cars.slice(0, 4), totalCount: whole.cars.length }
    expect(await world.map(await world.fetchTasks([smaller]))).toMatchObject({ counts: { landed: 0, older: 1 } })
    expect(await world.engagements('call-1')).toEqual(['Menu', 'Queue', 'Agent'])

    const later = { ...smaller, csr: { ...smaller.csr, lastActivityTime: TEN + 5 * MINUTE } }
    await world.map(await world.fetchTasks([later]))
    const [held] = await world.db
      .selectFrom('journey.conversation')
      .select(['is_car_complete', 'car_count'])
      .where('data_source_id', '=', world.source.dataSourceId)
      .execute()
    expect(held).toEqual({ is_car_complete: false, car_count: 4 })
  })

  test('what is no longer derived becomes a tombstone, and comes back when it is', async () => {
    const call = answeredCall('call-1', TEN)
    await world.map(await world.fetchTasks([call]))
    const withoutAgent = {
      csr: { ...call.csr, lastActivityTime: TEN + 10 * MINUTE },
      cars: call.cars.filter((car) => !['connect', 'connected', 'WrapUp'].includes(car.eventName)),
    }
    await world.map(await world.fetchTasks([withoutAgent]))
    expect(await world.engagements('call-1')).toEqual(['Menu', 'Queue'])
    const dead = await world.db
      .selectFrom('journey.engagement')
      .select('engagement_type')
      .where('data_source_id', '=', world.source.dataSourceId)
      .where('is_deleted', '=', true)
      .execute()
    expect(dead).toEqual([{ engagement_type: 'Agent' }])
    await world.map(await world.fetchTasks([{ ...call, csr: { ...call.csr, lastActivityTime: TEN + 20 * MINUTE } }]))
    expect(await world.engagements('call-1')).toEqual(['Menu', 'Queue', 'Agent'])
  })

  test('a task that cannot be mapped is buried alone, and resolved when it can be', async () => {
    const good = answeredCall('call-1', TEN)
    const withoutTime = { csr: { ...declinedCall('call-2', TEN).csr, createdTime: undefined as never }, cars: [] }
    // Postgres refuses it: a wait of more than 2^63 ms.
    const refused = { ...declinedCall('call-3', TEN), csr: { ...declinedCall('call-3', TEN).csr, queueDuration: 1e30 } }
    const fetchId = await world.fetchTasks([good, withoutTime, refused, answeredCall('call-4', TEN)])
    expect(await world.map(fetchId)).toMatchObject({ counts: { landed: 2, failed: 2 } })
    expect(await fetchState(fetchId)).toBe('mapped')
    const letters = () =>
      world.db
        .selectFrom('etl.dead_letter')
        .select(['job_id', 'code', 'resolved_at'])
        .where('data_source_id', '=', world.source.dataSourceId)
        .orderBy('job_id')
        .execute()
    expect(await letters()).toEqual([
      { job_id: `map-span.${world.source.key}.call-2`, code: 'mapping_failed', resolved_at: null },
      { job_id: `map-span.${world.source.key}.call-3`, code: 'mapping_failed', resolved_at: null },
    ])
    expect(world.findings.map((finding) => finding.event)).toEqual(['task_not_mapped', 'task_not_mapped'])
    await world.map(await world.fetchTasks([declinedCall('call-3', TEN)]))
    expect((await letters()).map((letter) => letter.resolved_at !== null)).toEqual([false, true])
  })

  test('mappers of overlapping spans do not hinder each other', async () => {
    const calls = Array.from({ length: 40 }, (_, n) => answeredCall(`call-${n}`, TEN + n * 1_000))
    const spans = await Promise.all([
      world.fetchTasks(calls),
      world.fetchTasks(calls.toReversed()),
      world.fetchTasks(calls.slice(10, 30)),
      world.fetchSessions([available(600)]),
    ])
    await Promise.all(spans.map((fetchId) => world.map(fetchId)))
    const counted = await sql<{ conversations: number; engagements: number }>`
      select (select count(*)::int from journey.conversation where data_source_id = ${world.source.dataSourceId}) as conversations,
        (select count(*)::int from journey.engagement where data_source_id = ${world.source.dataSourceId} and not is_deleted) as engagements`.execute(
      world.db,
    )
    expect(counted.rows[0]).toEqual({ conversations: 40, engagements: 120 })
  })

  test('an overtaken claim writes nothing', async () => {
    const fetchId = await world.fetchTasks([answeredCall('call-1', TEN)])
    const zombie = await world.claim(fetchId)
    world.nowMs += 2 * MINUTE
    await world.claim(fetchId)
    await expect(mapFetchedSpan(world.deps, zombie)).rejects.toBeInstanceOf(FencedOff)
    expect(await world.engagements('call-1')).toEqual([])
  })

  test('a page that is not what was listed stops the mapping', async () => {
    const fetchId = await world.fetchTasks([answeredCall('call-1', TEN)])
    const [page] = await world.db.selectFrom('etl.raw_page').selectAll().where('fetch_id', '=', fetchId).execute()
    await writeFile(world.pathOf(page!.object_key), 'another')
    await expect(world.map(fetchId)).rejects.toMatchObject({ code: 'raw_page_missing' })
    await expect(world.map(fetchId)).rejects.not.toBeInstanceOf(FatalError)
  })
})

describe('agent time', () => {
  const sums = async () => {
    const { rows } = await sql<{ at: number; state: string; ms: number }>`
      select (extract(epoch from a.interval_time) * 1000)::bigint as at, s.source_state as state, a.activity_time_ms as ms
      from journey.activity a join journey.agent_status s using (agent_status_id)
      where a.data_source_id = ${world.source.dataSourceId} and not a.is_deleted order by 1, 2`.execute(world.db)
    return rows.map((row) => [(row.at - TEN) / MINUTE, row.state, row.ms / 1_000])
  }

  test('states are sliced on the quarter hour', async () => {
    const login = session(
      's-1',
      TEN + 5 * MINUTE,
      [
        ['idle', 0, 120],
        ['available', 120, 900],
        ['connected', 900, 1500],
      ],
      1500,
    )
    await world.map(await world.fetchSessions([login]))
    expect(await sums()).toEqual([
      [0, 'available', 480],
      [0, 'idle', 120],
      [15, 'available', 300],
      [15, 'connected', 600],
    ])
    const held = await world.db
      .selectFrom('journey.agent_session')
      .select(['activity_count', 'is_activity_complete', 'channel_totals'])
      .where('data_source_id', '=', world.source.dataSourceId)
      .executeTakeFirstOrThrow()
    expect(held).toMatchObject({ activity_count: 3, is_activity_complete: true })
    expect(JSON.stringify(held)).not.toContain(CANARY.phone)
  })

  test('an open login counts up to the last pass, and is settled when it ends', async () => {
    const open = session(
      's-1',
      TEN,
      [
        ['idle', 0, 600],
        ['available', 600, null],
      ],
      null,
    )
    await world.map(await world.fetchSessions([open]))
    expect(await sums()).toEqual([[0, 'idle', 600]])
    await world.map(await world.fetchSessions([open], { reason: 'change', toMs: TEN + 30 * MINUTE }))
    expect(await sums()).toEqual([
      [0, 'available', 300],
      [0, 'idle', 600],
      [15, 'available', 900],
    ])
    // It had ended at 10:20, which was published late.
    const ended = session(
      's-1',
      TEN,
      [
        ['idle', 0, 600],
        ['available', 600, 1200],
      ],
      1200,
    )
    const late = await world.fetchSessions([ended])
    await world.map(late)
    const settled = [
      [0, 'available', 300],
      [0, 'idle', 600],
      [15, 'available', 300],
    ]
    expect(await sums()).toEqual(settled)
    // An older pass changes nothing any more.
    await world.map(await world.fetchSessions([open], { reason: 'change', toMs: TEN + 15 * MINUTE }))
    expect(await sums()).toEqual(settled)
  })

  test('a pass moves everybody who is logged in, listed or not', async () => {
    const open = session('s-1', TEN, [['available', 0, null]], null)
    await world.map(await world.fetchSessions([open]))
    await world.map(await world.fetchSessions([], { reason: 'change', toMs: TEN + 15 * MINUTE }))
    expect(await sums()).toEqual([[0, 'available', 900]])
  })

  test('missing states leave the login incomplete', async () => {
    const login = available(600)
    const channels = login.channels.map((channel) => ({ ...channel, totalCount: 5 }))
    await world.map(await world.fetchSessions([{ ...login, channels }]))
    const held = await world.db
      .selectFrom('journey.agent_session')
      .select(['activity_count', 'is_activity_complete'])
      .where('data_source_id', '=', world.source.dataSourceId)
      .executeTakeFirstOrThrow()
    expect(held).toEqual({ activity_count: 2, is_activity_complete: false })
  })
})

describe('offers', () => {
  const call = declinedCall('call-1', TEN)
  const rangOut = session(
    's-ann',
    TEN - MINUTE,
    [
      ['available', 0, 70],
      ['ringing', 70, 75],
      ['not-responding', 75, 90, { taskId: 'call-1' }],
    ],
    90,
  )

  test.each([
    ['before', ['sessions', 'tasks']],
    ['after', ['tasks', 'sessions']],
  ] as const)('an agent’s record that arrives %s the task says that the offer was missed', async (_when, order) => {
    const spans = { tasks: await world.fetchTasks([call]), sessions: await world.fetchSessions([rangOut]) }
    for (const stream of order) await world.map(spans[stream])
    expect(await world.engagements('call-1')).toEqual(['Menu', 'Queue', 'Invitation:missed'])
  })

  test.each([
    ['before', ['sessions', 'tasks']],
    ['after', ['tasks', 'sessions']],
  ] as const)('a login that arrives %s a long offer says that it was declined', async (_when, order) => {
    const long = task('call-1', TEN, [
      ['new', 0, 1, { ivrScriptId: 'flow-1' }],
      ['connect', 1, 20, { queueId: 'q-sales', agentId: 'ann' }],
      ['parked', 20, 30, { queueId: 'q-sales' }],
      ['ended', 30, 30],
    ])
    const spans = { tasks: await world.fetchTasks([long]), sessions: await world.fetchSessions([available(600)]) }
    await world.map(spans[order[0]])
    if (order[0] === 'tasks') expect(await world.engagements('call-1')).toContain('Invitation:missed')
    await world.map(spans[order[1]])
    expect(await world.engagements('call-1')).toContain('Invitation:rejected')
  })
})

describe('the whole', () => {
  test('any order of work ends in the same rows', async () => {
    const whole = answeredCall('call-1', TEN)
    const early = {
      ...task('call-1', TEN, [
        ['new', 0, 2],
        ['parked', 2, 9, { queueId: 'q-sales' }],
      ]),
    }
    const open = session(
      's-1',
      TEN - 20 * MINUTE,
      [
        ['idle', 0, 600],
        ['available', 600, null],
      ],
      null,
    )
    const closed = session(
      's-1',
      TEN - 20 * MINUTE,
      [
        ['idle', 0, 600],
        ['available', 600, 1210],
        ['ringing', 1210, 1215],
        ['not-responding', 1215, 1300],
      ],
      1300,
    )
    const build = async (to: MapperWorld) => [
      await to.fetchTasks([early, declinedCall('call-2', TEN)]),
      await to.fetchTasks([whole]),
      await to.fetchSessions([open], { reason: 'change', toMs: TEN - 15 * MINUTE }),
      await to.fetchSessions([closed], { reason: 'change', toMs: TEN + 15 * MINUTE }),
      await to.fetchTasks([declinedCall('call-2', TEN), declinedCall('call-3', TEN)], { reason: 'change' }),
      await to.fetchSessions([open]),
    ]
    const orders = [
      [0, 1, 2, 3, 4, 5],
      [5, 4, 3, 2, 1, 0],
      [3, 1, 5, 0, 2, 4],
      [2, 3, 4, 4, 0, 1, 5, 0],
    ]
    const hashes: Awaited<ReturnType<typeof hashJourney>>[] = []
    for (const order of orders) {
      await sql`truncate journey.conversation, journey.engagement, journey.turn, journey.activity, journey.agent_session,
        journey.agent_state_interval, journey.agent, journey.queue, journey.team, journey.site, journey.entry_point, journey.outcome,
        journey.agent_status, journey.contact, journey.customer, journey.media_file, etl.data_source, etl.credential
        restart identity cascade`.execute(world.db)
      const one = await MapperWorld.open(database.url(), 'same')
      try {
        const spans = await build(one)
        for (const at of order) await one.mapAgain(spans[at]!)
        hashes.push(await hashJourney(one.db))
      } finally {
        await one.close()
      }
    }
    for (const hash of hashes)
      expect(hash.tables.map(withoutTombstones)).toEqual(hashes[0]!.tables.map(withoutTombstones))
    expect(hashes[0]!.tables.find((table) => table.table === 'engagement')?.rows).toBe(9)
    expect(new Set(hashes.map((hash) => hash.sha256)).size).toBe(1)
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
})
