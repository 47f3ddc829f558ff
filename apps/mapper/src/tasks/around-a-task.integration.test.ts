import { customerIdOf, dimensionId } from '@wxcc/contracts/dimension-id'
import { useDatabase } from '@wxcc/testing/database'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MapperWorld } from '../testing/mapper-world.testing.ts'
import { answeredCall, CANARY, MINUTE, task, type TaskRecords, TEN } from '../testing/records.testing.ts'

const database = useDatabase()
let world: MapperWorld

beforeEach(async () => {
  world = await MapperWorld.open(database.url())
})
afterEach(() => world.close())

const mapped = async (...tasks: TaskRecords[]) => world.map(await world.fetchTasks(tasks))

const setSource = (set: { default_country?: string; emits_reviews?: boolean }) =>
  world.db.updateTable('etl.data_source').set(set).where('data_source_id', '=', world.source.dataSourceId).execute()

async function conversationOf(taskId: string) {
  return world.db
    .selectFrom('journey.conversation as c')
    .leftJoin('journey.contact as k', 'k.contact_id', 'c.contact_id')
    .leftJoin('journey.customer as u', 'u.customer_id', 'c.customer_id')
    .selectAll('c')
    .select(['k.country_calling_code', 'k.contact_kind', 'u.customer_type'])
    .where('c.source_task_id', '=', taskId)
    .where('c.data_source_id', '=', world.source.dataSourceId)
    .executeTakeFirstOrThrow()
}

describe('internal calls', () => {
  const address = (kind: string, value: string) =>
    world.db
      .insertInto('pii.agent_address')
      .values({
        data_source_id: world.source.dataSourceId,
        agent_id: dimensionId(world.source.key, 'agent', 'ann'),
        address_kind: kind,
        address: value,
      })
      .execute()

  test.each([
    ['her number, however it is written', 'phone', '+44 20 7946 0301', '442079460301'],
    ['her extension', 'phone', '2001', '2001'],
    ['her mail address', 'email', 'Ann@Example.test', 'ann@example.TEST'],
    ['her id', 'id', 'agent-ann', 'Agent-Ann'],
  ])('an agent who calls from %s is the customer of an internal call', async (_how, kind, known, origin) => {
    await address(kind, known)
    await mapped(answeredCall('inside', TEN, { origin }), answeredCall('outside', TEN, { origin: '+442079460309' }))
    expect(await conversationOf('inside')).toMatchObject({ direction: 'Internal', customer_type: 'Agent' })
    expect(await conversationOf('outside')).toMatchObject({ direction: 'Inbound', customer_type: 'Person' })
    const { rows } = await sql<{ direction: string }>`
      select distinct e.direction from journey.engagement e join journey.conversation c using (conversation_id)
      where c.source_task_id = 'inside' and c.data_source_id = ${world.source.dataSourceId}`.execute(world.db)
    expect(rows).toEqual([{ direction: 'Internal' }])
  })

  test('what an agent dials is no internal call, nor is a hidden number', async () => {
    await address('phone', '+442079460302')
    await address('phone', 'anonymous')
    await mapped(
      answeredCall('dialled', TEN, { origin: '+442079460302', destination: '+442079460303', isOutdial: true }),
      answeredCall('hidden', TEN, { origin: 'anonymous' }),
    )
    expect(await conversationOf('dialled')).toMatchObject({ direction: 'Outbound' })
    expect(await conversationOf('hidden')).toMatchObject({ direction: 'Inbound', customer_type: 'Person' })
  })

  test('a contact first met as a person becomes an agent when it turns out to be one', async () => {
    const inside = answeredCall('inside', TEN, { origin: '+442079460304' })
    const fetchId = await world.fetchTasks([inside])
    await world.map(fetchId)
    expect(await conversationOf('inside')).toMatchObject({ direction: 'Inbound', customer_type: 'Person' })
    await address('phone', '+442079460304')
    await world.mapAgain(fetchId)
    expect(await conversationOf('inside')).toMatchObject({ direction: 'Internal', customer_type: 'Agent' })
  })
})

test('a queue with a threshold of its own decides its service level, others go by the source', async () => {
  const waits = (id: string) => answeredCall(id, TEN)
  await mapped(waits('by-source'))
  await world.db
    .updateTable('journey.queue')
    .set({ service_level_ms: 10_000 })
    .where('queue_id', '=', dimensionId(world.source.key, 'queue', 'q-sales'))
    .execute()
  await mapped(waits('by-queue'))
  const { rows } = await sql`
    select c.source_task_id as task, e.queue_time_ms::int as ms, e.service_level as level
    from journey.engagement e join journey.conversation c using (conversation_id)
    where e.engagement_type = 'Queue' and c.data_source_id = ${world.source.dataSourceId} order by 1`.execute(world.db)
  expect(rows).toEqual([
    { task: 'by-queue', ms: 15_000, level: 'Missed' },
    { task: 'by-source', ms: 15_000, level: 'Met' },
  ])
})

test("numbers without a country's code are read by the source's default country", async () => {
  await mapped(answeredCall('before', TEN, { origin: '020 7946 0305' }))
  await setSource({ default_country: 'GB' })
  await mapped(
    answeredCall('after', TEN, { origin: '020 7946 0305' }),
    answeredCall('written-out', TEN, { origin: '+44 20 7946 0305' }),
  )
  const [before, after, written] = [
    await conversationOf('before'),
    await conversationOf('after'),
    await conversationOf('written-out'),
  ]
  expect(before).toMatchObject({ contact_kind: 'other', country_calling_code: null })
  expect(after).toMatchObject({ contact_kind: 'phone', country_calling_code: '44' })
  expect(after.contact_id).toBe(written.contact_id)
  expect(after.customer_id).toBe(customerIdOf(written.contact_id!))
})

test('survey figures are columns; the comment stays in pii', async () => {
  const feedback = {
    surveyOptIn: 'true',
    type: 'INLINE',
    questionsPresented: 3,
    questionsAnswered: 2,
    surveyCompleted: false,
    comment: CANARY.comment,
  }
  await mapped(answeredCall('asked', TEN, { feedback }), answeredCall('unasked', TEN, { feedback: null }))
  expect(await conversationOf('asked')).toMatchObject({
    survey_opt_in: 'true',
    survey_type: 'INLINE',
    survey_questions_presented: 3,
    survey_questions_answered: 2,
    survey_completed: false,
  })
  expect(await conversationOf('unasked')).toMatchObject({ survey_opt_in: null, survey_completed: null })
  expect(JSON.stringify(await conversationOf('asked'))).not.toContain(CANARY.comment)
})

describe('reviews', () => {
  const scored = (csatScore: number, autoCsat: string | null, lastMinute: number): TaskRecords =>
    answeredCall('call', TEN, { csatScore, autoCsat, lastActivityTime: TEN + lastMinute * MINUTE })
  const reviews = () =>
    world.db
      .selectFrom('journey.review as r')
      .innerJoin('journey.question as q', 'q.question_id', 'r.question_id')
      .leftJoin('journey.reviewer as w', 'w.reviewer_id', 'r.reviewer_id')
      .innerJoin('journey.engagement as e', 'e.engagement_id', 'r.engagement_id')
      .select(['r.review_type', 'r.answer', 'r.score', 'q.source_question_id', 'w.reviewer_type', 'e.engagement_type'])
      .select('r.review_time')
      .where('r.data_source_id', '=', world.source.dataSourceId)
      .where('r.is_deleted', '=', false)
      .orderBy('r.review_type')
      .execute()

  test('are made of scores where a source wants them, move with late scores, and vanish with them', async () => {
    await mapped(scored(4, '3.5', 10))
    expect(await reviews()).toEqual([])
    await setSource({ emits_reviews: true })
    await mapped(scored(4, null, 11))
    const customer = {
      review_type: 'Customer',
      answer: '4',
      score: '4',
      source_question_id: 'csatScore',
      reviewer_type: null,
      engagement_type: 'Agent',
    }
    expect(await reviews()).toEqual([{ ...customer, review_time: new Date(TEN + 11 * MINUTE) }])

    const late = await world.fetchTasks([scored(5, '3.5', 12)])
    await world.map(late)
    await world.mapAgain(late)
    const review_time = new Date(TEN + 12 * MINUTE)
    const auto = {
      review_type: 'Auto',
      answer: '3.5',
      score: '3.5',
      source_question_id: 'autoCsat',
      reviewer_type: 'Auto',
    }
    expect(await reviews()).toEqual([
      { ...auto, engagement_type: 'Agent', review_time },
      { ...customer, answer: '5', score: '5', review_time },
    ])
    await mapped(scored(0, '3.5', 13))
    expect((await reviews()).map((review) => review.review_type)).toEqual(['Auto'])
  })
})

describe('parents', () => {
  const mail = (id: string, minute: number, threadId: string | null): TaskRecords =>
    task(
      id,
      TEN + minute * MINUTE,
      [
        ['new', 0, 5],
        ['ended', 5, 5],
      ],
      {
        channelType: 'email',
        channelMetaData: { email: { metadata: threadId === null ? null : JSON.stringify({ threadId }) } },
      },
    )
  const consult = (id: string, childId: string): TaskRecords => {
    const call = answeredCall(id, TEN)
    return { ...call, cars: call.cars.map((car, n) => (n === 4 ? { ...car, childContactId: childId } : car)) }
  }
  const parentOf = async (taskId: string) => {
    const { parent_conversation_id: parent } = await conversationOf(taskId)
    if (parent === null) return null
    const row = await world.db
      .selectFrom('journey.conversation')
      .select('source_task_id')
      .where('conversation_id', '=', parent)
      .executeTakeFirst()
    return row?.source_task_id
  }

  const records = [
    mail('m-1', 1, 'thread-a'),
    mail('m-2', 2, 'thread-a'),
    mail('m-3', 3, null),
    consult('call', 'child'),
  ]
  const child = answeredCall('child', TEN + MINUTE)

  test.each([
    ['in order', [...records, child]],
    ['backwards', [child, ...records.toReversed()]],
    ['all at once', [[child, ...records]]],
  ])('are named by a consult or by a thread, whichever task comes first: %s', async (_order, batches) => {
    for (const batch of batches) await mapped(...[batch].flat())
    expect(await parentOf('m-1')).toBeNull()
    expect(await parentOf('m-2')).toBe('m-1')
    expect(await parentOf('m-3')).toBeNull()
    expect(await parentOf('child')).toBe('call')
    expect(await parentOf('call')).toBeNull()
    const repeat = await conversationOf('child')
    await world.map(await world.fetchTasks([child, ...records]))
    expect((await conversationOf('child')).updated_at).toEqual(repeat.updated_at)
  })
})

test('a createdTime that moves is a finding, and no second row', async () => {
  const call = answeredCall('call', TEN)
  await mapped(call)
  const moved = { ...call, csr: { ...call.csr, createdTime: TEN - MINUTE, lastActivityTime: TEN + 20 * MINUTE } }
  await mapped(moved)
  const starts = () =>
    world.db
      .selectFrom('journey.conversation')
      .select('conversation_start_time')
      .where('data_source_id', '=', world.source.dataSourceId)
      .execute()
  const letters = async () =>
    world.db
      .selectFrom('etl.dead_letter')
      .select(['job_id', 'code', 'resolved_at'])
      .where('data_source_id', '=', world.source.dataSourceId)
      .execute()
  expect(await starts()).toEqual([{ conversation_start_time: new Date(TEN) }])
  expect(await letters()).toEqual([
    { job_id: `map-span.${world.source.key}.call`, code: 'created_time_moved', resolved_at: null },
  ])
  expect(world.findings).toContainEqual({ event: 'created_time_moved', record: 'call' })
  await mapped({ ...call, csr: { ...call.csr, lastActivityTime: TEN + 30 * MINUTE } })
  expect((await letters())[0]?.resolved_at).not.toBeNull()
})
