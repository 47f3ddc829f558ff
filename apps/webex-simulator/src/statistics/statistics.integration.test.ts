import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSimulator } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'
import { lines, QUARTER, START } from '../testing/tiny-dataset.ts'

const S = 1000
const DAY = 86_400_000

/** Rows that touch: each begins where the one before ended; the last runs on when it has no length. */
function rows(start: number, steps: readonly (readonly [name: string, seconds: number | null, extra?: object])[]) {
  let at = start
  return steps.map(([name, seconds, extra = {}], position) => {
    const from = at
    at = seconds === null ? -1 : from + seconds * S
    return { id: `row-${start}-${position}`, name, from, to: at, extra }
  })
}

const session = (id: string, teamId: string, slots: Readonly<Record<string, ReturnType<typeof rows>[]>>) => ({
  agentSessionId: `session-${id}`,
  agentId: id,
  agentName: `Agent ${id}`,
  userLoginId: `${id}@simulator.invalid`,
  teamId,
  teamName: `Team ${teamId}`,
  siteId: 'site-1',
  siteName: 'Leeds',
  isActive: true,
  startTime: START,
  endTime: -1,
  multiMediaProfileType: 'Blended',
  channelInfo: Object.entries(slots).flatMap(([channelType, list]) =>
    list.map((slot, position) => ({
      channelId: `${id}-${channelType}-${position}`,
      channelType,
      agentPhoneNumber: '+13125552000',
      activities: {
        nodes: slot.map((row) => ({
          id: row.id,
          state: row.name,
          startTime: row.from,
          endTime: row.to,
          isCurrentActivity: row.to === -1,
          ...row.extra,
        })),
      },
    })),
  ),
})

const call = (id: string, queueId: string, changes: object, steps: Parameters<typeof rows>[1], start = START) => {
  const nodes = rows(start, steps).map((row) => ({
    id: `${id}-${row.id}`,
    eventName: row.name,
    createdTime: row.from,
    endedTime: row.to,
    queueId: row.name === 'new' ? null : queueId,
    queueName: row.name === 'new' ? null : `Queue ${queueId}`,
  }))
  const endedTime = nodes.find(({ eventName }) => eventName === 'ended')?.createdTime ?? -1
  return { id, channelType: 'telephony', createdTime: start, endedTime, activities: { nodes }, ...changes }
}

// Rows are looked at with expect.
type Row = any // oxlint-disable-line typescript/no-explicit-any

let simulator: StartedSimulator
beforeAll(async () => {
  const task = { taskId: 'one' }
  const free = rows(START, [
    ['available', 600, { isLoginActivity: true }],
    ['ringing', 10, task],
    ['connected', 500, { ...task, queue: { id: 'q1', name: 'Support' } }],
    ['on-hold', 60, task],
    ['hold-done', 30, task],
    ['wrapup', 100, { ...task, wrapupCode: { id: 'w1', name: 'Sale' } }],
    ['ringing', 20, { taskId: 'two' }],
    ['not-responding', 5, { taskId: 'two' }],
    ['idle', null, { idleCode: { id: 'i1', name: 'RONA' } }],
  ])
  const idle = rows(START, [['idle', null, { isLoginActivity: true }]])
  simulator = await startSimulator(
    {
      'agent-sessions.jsonl': lines([
        session('a', 't1', { telephony: [free], chat: [idle, idle] }),
        session('b', 't2', { telephony: [idle] }),
      ]),
      'tasks.jsonl': lines([
        call('one', 'q1', { terminationType: 'normal' }, [
          ['new', 100],
          ['parked', 500],
          ['connect', 10],
          ['connected', 500],
          ['on-hold', 60],
          ['hold-done', 30],
          ['ended', 0],
          ['WrapUp', 100],
        ]),
        call('two', 'q1', { terminationType: 'abandoned' }, [
          ['new', 5],
          ['parked', 20],
          ['connect', 20],
          ['parked', 7],
          ['ended', 0],
        ]),
        call('three', 'q2', { terminationType: 'normal', channelType: 'social_channel' }, [
          ['new', 1],
          ['parked', null],
        ]),
      ]),
      'configuration.json': JSON.stringify({ 'contact-service-queue': [{ id: 'q1', serviceLevelThreshold: 20 }] }),
    },
    { SIM_CLOCK_START: new Date(START + 4 * QUARTER + 60 * S).toISOString() },
  )
})
afterAll(() => simulator.stop())

const get = async (path: string) => {
  const { status, body } = await simulator.api(path)
  expect(status).toBe(200)
  expect(body.meta).toEqual({ orgId: simulator.orgId })
  return body.data
}

describe('GET /v1/agents/activities', () => {
  const activities = (query: string) => get(`/v1/agents/activities?from=${START}&${query}`)

  it('lists the rows that begin in the window, oldest first, with agent, team and codes', async () => {
    const listed = await activities('agentIds=a&channelTypes=telephony')
    expect(listed.map((row: { currentState: string }) => row.currentState)).toEqual([
      'available',
      'ringing',
      'connected',
      'on-hold',
      'hold-done',
      'wrapup',
      'ringing',
      'not-responding',
      'idle',
    ])
    expect(listed[0]).toMatchObject({ isLogin: 1, active: false, startTime: START, endTime: START + 600 * S })
    expect(listed[2]).toMatchObject({ isLogin: 0, taskId: 'one', queueId: 'q1', queueName: 'Support' })
    expect(listed[5]).toMatchObject({ wrapupCodeName: 'Sale' })
    expect(listed[8]).toEqual({
      active: true,
      agentId: 'a',
      agentDn: '+13125552000',
      agentLogin: 'a@simulator.invalid',
      agentSessionId: 'session-a',
      agentName: 'Agent a',
      currentState: 'idle',
      siteId: 'site-1',
      siteName: 'Leeds',
      teamId: 't1',
      teamName: 'Team t1',
      isLogin: 0,
      taskId: null,
      channelId: 'a-telephony-0',
      channelType: 'telephony',
      subChannelType: null,
      idleCodeName: 'RONA',
      idleCode: 'i1',
      queueId: null,
      queueName: null,
      wrapupCodeName: null,
      reason: null,
      startTime: START + 1325 * S,
      endTime: -1,
      mmProfileType: 'Blended',
    })
  })

  it('filters by team, and pages from 0', async () => {
    expect(await activities('teamIds=t2')).toHaveLength(1)
    const all = await activities('')
    expect(all).toHaveLength(12)
    expect(await activities('page=1&pageSize=5')).toEqual(all.slice(5, 10))
    expect(await activities('page=3&pageSize=5')).toEqual([])
  })

  it.each([
    ['no from', 'page=0'],
    ['a whole day', `from=${START - DAY}&to=${START}`],
    ['pages above 1000', `from=${START}&pageSize=1001`],
    ['more than 100 agents', `from=${START}&agentIds=${Array.from({ length: 101 }, (_, at) => at).join()}`],
    ['more than 100 teams', `from=${START}&teamIds=${Array.from({ length: 101 }, (_, at) => at).join()}`],
    ['an unknown channel', `from=${START}&channelTypes=fax`],
  ])('refuses %s', async (_name, query) => {
    expect((await simulator.api(`/v1/agents/activities?${query}`)).status).toBe(400)
  })
})

describe('GET /v1/agents/statistics', () => {
  const statistics = (query: string) =>
    get(`/v1/agents/statistics?from=${START + 60 * S}&to=${START + 2 * QUARTER + 60 * S}&${query}`)

  it('rounds the window down, cuts time at the intervals and counts where steps begin', async () => {
    const listed = await statistics('agentIds=a&interval=15')
    expect(listed.map((row: { intervalStartTime: number }) => row.intervalStartTime)).toEqual([START, START + QUARTER])
    const [first, second] = listed.map((row: Row) => row.channels.find((one: Row) => one.channelType === 'telephony'))
    expect(first).toEqual({
      channelType: 'telephony',
      totalAssignedTasks: 1,
      totalOfferedTasks: 1,
      totalAcceptedTasks: 1,
      totalRejectedTasks: 0,
      totalTransferredTasks: 0,
      totalEngagedDuration: 290_000,
      totalHoldDuration: 0,
      totalWrapUpDuration: 0,
      totalAvailableTime: 600_000,
      totalUnAvailableTime: 0,
      averageHandledTime: 0,
    })
    expect(second).toMatchObject({
      totalOfferedTasks: 1,
      totalRejectedTasks: 1,
      totalEngagedDuration: 240_000,
      totalHoldDuration: 60_000,
      totalWrapUpDuration: 100_000,
      averageHandledTime: 690_000,
      totalUnAvailableTime: 480_000,
    })
  })

  it('counts idle time of one slot per channel', async () => {
    const [row] = await statistics('agentIds=a&interval=30')
    expect(row.channels.find((one: { channelType: string }) => one.channelType === 'chat')).toMatchObject({
      totalUnAvailableTime: 2 * QUARTER,
    })
  })

  it.each([
    ['no from', ''],
    ['more than a day', `from=${START - DAY}&to=${START + QUARTER}`],
    ['an odd interval', `from=${START}&interval=20`],
    ['more than 100 agents', `from=${START}&agentIds=${Array.from({ length: 101 }, (_, at) => at).join()}`],
  ])('refuses %s', async (_name, query) => {
    expect((await simulator.api(`/v1/agents/statistics?${query}`)).status).toBe(400)
  })
})

describe('GET /v1/queues/statistics', () => {
  const statistics = (query: string) => get(`/v1/queues/statistics?from=${START}&${query}`)

  it('counts contacts and averages their times', async () => {
    const [first, second] = await statistics('queueIds=q1')
    expect(first).toEqual({
      intervalStartTime: START,
      queueId: 'q1',
      queueName: 'Queue q1',
      channelType: 'telephony',
      totalOfferedTasks: 2,
      totalEnqueuedTasks: 3,
      totalAssignedTasks: 1,
      totalAcceptedTasks: 1,
      totalRejectedTasks: 1,
      totalAbandonedTasks: 1,
      averageEnqueuedTime: 175_666.67,
      averageHandledTime: 0,
      serviceLevelThresholdPercentage: 66.67,
    })
    expect(second).toMatchObject({ intervalStartTime: START + QUARTER, averageHandledTime: 690_000 })
  })

  it('has a row per interval, queue and channel', async () => {
    const listed = await statistics('interval=60')
    expect(listed.map((row: Row) => [row.intervalStartTime, row.queueId, row.channelType])).toEqual([
      [START, 'q1', 'telephony'],
      [START, 'q2', 'social'],
    ])
  })

  it('refuses what the others refuse', async () => {
    expect((await simulator.api('/v1/queues/statistics')).status).toBe(400)
    expect((await simulator.api(`/v1/queues/statistics?from=${START}&interval=5`)).status).toBe(400)
    expect((await simulator.api(`/v1/queues/statistics?from=${START}&orgId=other`)).status).toBe(403)
  })
})

const fixtures = process.env['WEBEX_FIXTURES']
it.runIf(fixtures !== undefined)('all three answer with the members of the published examples', async () => {
  const published = async (file: string) => {
    const [row] = JSON.parse(await readFile(join(fixtures!, `openapi--${file}.200.json`), 'utf8')).data
    return row
  }
  const members = (row: object) => Object.keys(row).toSorted()
  for (const path of ['agents/activities', 'agents/statistics', 'queues/statistics']) {
    const [row] = await get(`/v1/${path}?from=${START}`)
    const example = await published(path.replace('/', '-'))
    expect(members(row)).toEqual(members(example))
    const inner = (one: Row) => members(one.channels?.[0] ?? {})
    expect(inner(row)).toEqual(inner(example))
  }
})
