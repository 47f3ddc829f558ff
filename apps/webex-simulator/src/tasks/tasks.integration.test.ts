import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSimulator } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'
import { lines, QUARTER, START, task } from '../testing/tiny-dataset.ts'

const DAY = 86_400_000
const node = (eventName: string, createdTime: number) => ({ id: `n-${createdTime}`, eventName, createdTime })
const open = (id: string, createdTime: number, eventName: string) => ({
  ...task({ id, createdTime, isActive: true, endedTime: -1, channelType: 'social_channel' }),
  activities: { nodes: [node('new', createdTime), node(eventName, createdTime + 1)] },
})

let simulator: StartedSimulator
beforeAll(async () => {
  simulator = await startSimulator(
    {
      'tasks.jsonl': lines([
        task({
          id: 'done',
          createdTime: START,
          captureRequested: true,
          origin: '+13125550111',
          destination: '+13125550100',
          direction: 'INBOUND',
          lastAgent: { id: 'agent-1', name: 'Ada Abel' },
          lastWrapupCodeName: 'Sale',
        }),
        task({
          id: 'gone',
          createdTime: START + 1,
          terminationType: 'abandoned',
          channelType: 'chat',
          lastQueue: null,
        }),
        task({ id: 'dialled', createdTime: START + 2, isOutdial: true, direction: 'OUTBOUND', channelType: 'email' }),
        open('waiting', START + 3, 'parked'),
        open('ringing', START + 4, 'connect'),
        open('talking', START + 5, 'connected'),
        open('listening', START + 6, 'flow-activity'),
      ]),
    },
    { SIM_CLOCK_START: new Date(START + QUARTER).toISOString() },
  )
})
afterAll(() => simulator.stop())

const list = (query: string) => simulator.api(`/v1/tasks?${query}`)
const ids = async (query: string) => (await list(query)).body.data.map(({ id }: { id: string }) => id)
const attributes = async (id: string) =>
  (await list(`from=${START}`)).body.data.find((one: { id: string }) => one.id === id).attributes

describe('GET /v1/tasks', () => {
  it('lists tasks by creation time, oldest first, in REST’s own words', async () => {
    const { status, body } = await list(`from=${START}&orgId=${simulator.orgId}`)
    expect(status).toBe(200)
    expect(body.meta).toEqual({ orgId: simulator.orgId })
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([
      'done',
      'gone',
      'dialled',
      'waiting',
      'ringing',
      'talking',
      'listening',
    ])
    expect(body.data[0].attributes).toEqual({
      owner: { id: 'agent-1', name: 'Ada Abel' },
      queue: { id: 'queue-1', name: 'Support' },
      channelType: 'telephony',
      status: 'completed',
      createdTime: START,
      lastUpdatedTime: START + 3000,
      captureRequested: true,
      origin: '+13125550111',
      destination: '+13125550100',
      direction: 'inbound',
      reasonCode: 'Sale',
    })
    expect(await attributes('gone')).toMatchObject({ status: 'abandoned', queue: null, owner: null })
    expect(await attributes('dialled')).toMatchObject({ direction: 'outdial', status: 'completed' })
  })

  it.each([
    ['waiting', 'queued'],
    ['ringing', 'offered'],
    ['talking', 'assigned'],
    ['listening', 'created'],
  ])('calls a task that is %s %s', async (id, status) => {
    expect(await attributes(id)).toMatchObject({ status, channelType: 'social' })
  })

  it('takes a window, channels and a page size, and continues from the last creation time', async () => {
    expect(await ids(`from=${START + 1}&to=${START + 3}`)).toEqual(['gone', 'dialled'])
    expect(await ids(`from=${START}&channelTypes=chat,email`)).toEqual(['gone', 'dialled'])
    expect(await ids(`from=${START}&channelTypes=social&pageSize=2`)).toEqual(['waiting', 'ringing'])
    expect(await ids(`from=${START + 4}&channelTypes=social&pageSize=2`)).toEqual(['ringing', 'talking'])
  })

  it.each([
    ['no from', ''],
    ['from that is no number', 'from=yesterday'],
    ['from after to', `from=${START + 5}&to=${START}`],
    ['from more than twelve months ago', `from=${START - 366 * DAY}&to=${START - 365 * DAY}`],
    ['more than 184 days', `from=${START - 185 * DAY}`],
    ['an unknown channel', `from=${START}&channelTypes=fax`],
    ['a channel in capitals', `from=${START}&channelTypes=CHAT`],
    ['an empty page', `from=${START}&pageSize=0`],
    ['a page above 1000', `from=${START}&pageSize=1001`],
  ])('refuses %s', async (_name, query) => {
    expect(await list(query)).toMatchObject({ status: 400, body: { error: { key: '400', message: [{}] } } })
  })

  it('takes 184 days and pages of 1000', async () => {
    expect((await list(`from=${START - 183 * DAY}&pageSize=1000`)).status).toBe(200)
  })

  it('refuses another organization, and knows no single task', async () => {
    expect((await list(`from=${START}&orgId=11111111-2222-4333-8444-555555555555`)).status).toBe(403)
    expect((await simulator.api('/v1/tasks/done')).status).toBe(404)
  })
})

const fixtures = process.env['WEBEX_FIXTURES']
it.runIf(fixtures !== undefined)('answers with the members of the published example', async () => {
  const example = JSON.parse(await readFile(join(fixtures!, 'openapi--tasks-list.200.json'), 'utf8'))
  expect(Object.keys(await attributes('done')).toSorted()).toEqual(Object.keys(example.data[0].attributes).toSorted())
})
