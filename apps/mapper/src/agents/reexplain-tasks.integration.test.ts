import { useDatabase } from '@wxcc/testing/database'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MapperWorld } from '../testing/mapper-world.testing.ts'
import { declinedCall, MINUTE, session, task, TEN } from '../testing/records.testing.ts'

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
