import { FatalError, FencedOff, RetryableError } from '@wxcc/contracts/failures'
import { hashJourney } from '@wxcc/db/journey/content-hash'
import { createDatabase, useDatabase } from '@wxcc/testing/database'
import { sql } from 'kysely'
import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mapFetchedSpan } from './map-span.ts'
import { MapperWorld } from './testing/mapper-world.testing.ts'
import {
  answeredCall,
  CANARY,
  declinedCall,
  MINUTE,
  session,
  type State,
  task,
  TEN,
} from './testing/records.testing.ts'

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

  test.each([
    ['first to last', [0, 10, 20]],
    ['last to first', [20, 10, 0]],
  ])('a contact spans its conversations, loaded %s', async (_order, minutes) => {
    for (const minute of minutes) {
      await world.map(
        await world.fetchTasks([
          answeredCall(`call-${minute}`, TEN + minute * MINUTE, {
            origin: `+1555010${minutes[0] === 0 ? '0200' : '0300'}`,
          }),
        ]),
      )
    }
    const contacts = await world.db
      .selectFrom('journey.contact')
      .innerJoin('journey.conversation', 'journey.conversation.contact_id', 'journey.contact.contact_id')
      .select(['first_seen_at', 'last_seen_at', 'contact_kind'])
      .distinct()
      .where('data_source_id', '=', world.source.dataSourceId)
      .execute()
    expect(contacts).toEqual([
      { first_seen_at: new Date(TEN), last_seen_at: new Date(TEN + 20 * MINUTE), contact_kind: 'phone' },
    ])
  })

  test('members of dimensions have the names the records say', async () => {
    await world.map(await world.fetchTasks([answeredCall('call-1', TEN)]))
    const { rows } = await sql<{ name: string }>`
      select name from journey.team where data_source_id = ${world.source.dataSourceId}
      union all select name from journey.site where data_source_id = ${world.source.dataSourceId}
      union all select name from journey.queue where data_source_id = ${world.source.dataSourceId}
      union all select name from journey.agent where data_source_id = ${world.source.dataSourceId}
      union all select name from journey.entry_point where data_source_id = ${world.source.dataSourceId}
      union all select name from journey.outcome where data_source_id = ${world.source.dataSourceId}
      order by 1`.execute(world.db)
    expect(rows.map((row) => row.name)).toEqual([
      'Ann Agent',
      'Main line',
      'Sales',
      'Site One',
      'Solved',
      'Team One',
      'Welcome',
    ])
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
    // More than one batch: only the last one ends the fetch.
    const calls = Array.from({ length: 251 }, (_, n) => answeredCall(`call-${n}`, TEN + n * 1_000))
    const fetchId = await world.fetchTasks(calls)
    const zombie = await world.claim(fetchId)
    world.nowMs += 2 * MINUTE
    await world.claim(fetchId)
    await expect(mapFetchedSpan(world.deps, zombie)).rejects.toBeInstanceOf(FencedOff)
    expect(await world.engagements('call-1')).toEqual([])
    const sessions = await world.fetchSessions([available(600)])
    const other = await world.claim(sessions)
    world.nowMs += 2 * MINUTE
    await world.claim(sessions)
    await expect(mapFetchedSpan(world.deps, other)).rejects.toBeInstanceOf(FencedOff)
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

  test('passes mapped in the wrong order count as far as the later one', async () => {
    const open = session('s-1', TEN, [['available', 0, null]], null)
    await world.map(await world.fetchSessions([open], { reason: 'change', toMs: TEN + 45 * MINUTE }))
    const before = await sums()
    expect(before).toEqual([0, 15, 30].map((minute) => [minute, 'available', 900]))
    // Ben's day makes the older pass derive everybody's second quarter hour anew.
    const ben = session('s-ben', TEN, [['logged-out', 1200, 1300]], 1300)
    const older = [open, { ...ben, asr: { ...ben.asr, agentId: 'ben' } }]
    await world.map(await world.fetchSessions(older, { reason: 'change', toMs: TEN + 15 * MINUTE }))
    const touched = session(
      's-1',
      TEN,
      [
        ['idle', -60, 0],
        ['available', 0, null],
      ],
      null,
    )
    await world.map(await world.fetchSessions([touched, older[1]!], { reason: 'change', toMs: TEN + 15 * MINUTE }))
    expect((await sums()).filter(([, state]) => state === 'available')).toEqual(before)
  })

  test('a state that ended earlier than it was counted is taken back, also while the login lasts', async () => {
    const open = session('s-1', TEN, [['available', 0, null]], null)
    await world.map(await world.fetchSessions([open], { reason: 'change', toMs: TEN + 45 * MINUTE }))
    await world.map(await world.fetchSessions([session('s-1', TEN, [['available', 0, 300]], null)]))
    expect(await sums()).toEqual([[0, 'available', 300]])
  })

  test('a login that never ends is over when the agent logs in again', async () => {
    const vanished = session('s-1', TEN, [['available', 0, null]], null)
    const next = session('s-2', TEN + 20 * MINUTE, [['idle', 0, 300]], 300)
    await world.map(await world.fetchSessions([vanished], { reason: 'change', toMs: TEN + 45 * MINUTE }))
    await world.map(await world.fetchSessions([next]))
    expect(await sums()).toEqual([
      [0, 'available', 900],
      [15, 'available', 300],
      [15, 'idle', 300],
    ])
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

  test('and so it does when both are mapped at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const startMs = TEN + round * 5 * MINUTE
      const [id, login] = [`call-${round}`, `s-${round}`]
      const [tasks, sessions] = [
        await world.fetchTasks([declinedCall(id, startMs)]),
        await world.fetchSessions([
          session(
            login,
            startMs,
            [
              ['available', 0, 10],
              ['ringing', 10, 15],
              ['not-responding', 15, 30],
            ],
            30,
          ),
        ]),
      ]
      await Promise.all([world.map(tasks), world.map(sessions)])
      expect(await world.engagements(id)).toEqual(['Menu', 'Queue', 'Invitation:missed'])
    }
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
    await world.map(spans[order[1]])
    expect(await world.engagements('call-1')).toContain('Invitation:rejected')
  })
})

describe('the whole', () => {
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

  /** Does everything in an order that `seed` decides, some of it twice; what has to wait goes to the end. */
  async function workInOrder(work: readonly (() => Promise<unknown>)[], seed: number): Promise<void> {
    let state = seed
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((state / 2_147_483_648) * below)
    }
    const left = [...work, work[random(work.length)]!, work[random(work.length)]!]
    while (left.length > 0) {
      const [one] = left.splice(random(left.length), 1)
      try {
        await one!()
      } catch (error) {
        if (!(error instanceof RetryableError)) throw error
        left.push(one!)
      }
    }
  }

  test('any order of work ends in the same rows', async () => {
    const seen = new Map<string, string[]>()
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const own = await createDatabase()
      const one = await MapperWorld.open(own.url, 'same')
      try {
        await workInOrder(await lineUp(one), seed)
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
        expect.stringMatching(/^turn 2 /),
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
})
