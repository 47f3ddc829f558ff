import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { START } from '../testing/tiny-dataset.ts'
import type { WorldEvent } from '../world.ts'
import { signatureOf, startReceiver, startWithEvents } from './webhooks.testing.ts'
import type { Receiver, SimulatorWithEvents } from './webhooks.testing.ts'

const SECRET = 'not-a-secret-but-thirty-two-characters'
const MINUTE = 60_000
/** One event each minute for two hours, from before anybody could subscribe. */
const EVENTS: readonly WorldEvent[] = Array.from({ length: 120 }, (_, at) => ({
  time: START + at * MINUTE,
  type: at % 2 === 0 ? 'task:new' : 'task:ended',
  data: { taskId: `t${at}`, createdTime: START + at * MINUTE },
}))

let receiver: Receiver
let simulator: SimulatorWithEvents
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(async () => {
  await simulator.stop()
  await receiver.stop()
})

const subscribe = async (changes: Readonly<Record<string, unknown>> = {}, version = 'v2') => {
  const { status, body } = await simulator.call('POST', `/${version}/subscriptions`, {
    name: 'Test',
    eventTypes: ['task:new', 'task:ended'],
    destinationUrl: receiver.url,
    ...(version === 'v2' ? { resourceVersion: 'task:1.0.0' } : {}),
    ...changes,
  })
  expect(status).toBe(201)
  return String(body.data.id)
}
const told = () => receiver.received.map(({ json }) => json.data.taskId)
const report = async () => (await simulator.call('GET', '/_sim/webhooks')).body
// The report is looked at with expect.
type Report = any // oxlint-disable-line typescript/no-explicit-any
/** Looks until the report says so; each look is a round trip. */
const reportWhen = async (isSo: (report: Report) => boolean) => {
  for (;;) {
    const now: Report = await report()
    if (isSo(now)) return now
  }
}

describe('deliveries', () => {
  it('tell what happens after the subscription, oldest first, when the clock jumps', async () => {
    simulator = await startWithEvents(EVENTS)
    await subscribe()
    simulator.clock.advance(30 * MINUTE)
    await receiver.until(30)
    expect(told()).toEqual(Array.from({ length: 30 }, (_, at) => `t${at + 2}`))
    simulator.clock.advance(24 * 60 * MINUTE)
    await receiver.until(118)
    expect(told().at(-1)).toBe('t119')
    const { counts } = await reportWhen(({ counts }) => counts.delivered === 118)
    expect(counts).toEqual({ attempts: 118, delivered: 118 })
  })

  it('carry the CloudEvents envelope and a signature of the very bytes', async () => {
    simulator = await startWithEvents(EVENTS)
    const id = await subscribe({ secret: SECRET, eventTypes: ['task:ended'] })
    simulator.clock.advance(2 * MINUTE)
    const [first] = await receiver.until(1)
    expect(first!.json).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      specversion: '1.0',
      type: 'task:ended',
      source: `/com/cisco/wxcc/${id}`,
      comciscoorgid: simulator.orgId,
      comciscotimestamp: EVENTS[3]!.time,
      datacontenttype: 'application/json',
      data: EVENTS[3]!.data,
    })
    expect(first!.headers).toMatchObject({
      'content-type': 'application/json',
      'x-webexcc-signature': signatureOf(SECRET, first!.body),
      'x-webexcc-timestamp': String(EVENTS[3]!.time),
      'x-webexcc-webhook-version': 'task:1.0.0',
    })
  })

  it('of version 1 have neither timestamp nor version, and no signature without a secret', async () => {
    simulator = await startWithEvents(EVENTS)
    await subscribe({}, 'v1')
    simulator.clock.advance(MINUTE)
    const [first] = await receiver.until(1)
    expect(first!.json).not.toHaveProperty('comciscotimestamp')
    expect(Object.keys(first!.headers).filter((name) => name.startsWith('x-webexcc'))).toEqual([])
  })

  it('of a recording carry a link that may be followed at once', async () => {
    const data = { taskId: 'a', createdTime: START, captureIndex: 0 }
    simulator = await startWithEvents([{ time: START + 2 * MINUTE, type: 'capture:available', data }])
    await subscribe({ eventTypes: ['capture:available'], resourceVersion: 'capture:1.0.0' })
    simulator.clock.advance(5 * MINUTE)
    const [told] = await receiver.until(1)
    const { filePath, ...rest } = told!.json.data
    expect(rest).toEqual({ taskId: 'a', createdTime: START })
    const audio = await fetch(filePath)
    expect([audio.status, await audio.text()]).toEqual([200, 'audio of a'])
  })

  it('stop with the subscription, and begin anew with it', async () => {
    simulator = await startWithEvents(EVENTS)
    const path = `/v2/subscriptions/${await subscribe()}`
    simulator.clock.advance(MINUTE)
    await receiver.until(1)
    await simulator.call('PATCH', path, { status: 'inactive' })
    simulator.clock.advance(10 * MINUTE)
    await simulator.call('PATCH', path, { status: 'active' })
    simulator.clock.advance(MINUTE)
    await receiver.until(2)
    expect(told()).toEqual(['t2', 't13'])
  })
})

describe('failures', () => {
  it('are tried again after simulated pauses, with the same event and bytes', async () => {
    simulator = await startWithEvents(EVENTS)
    await subscribe({ eventTypes: ['task:new'] })
    let asked = 0
    receiver.answer(() => [500, 302, 200][asked++] ?? 204)
    simulator.clock.advance(MINUTE)
    await reportWhen(({ counts }) => counts.attempts === 1)
    simulator.clock.advance(10_000)
    await reportWhen(({ counts }) => counts.attempts === 2)
    simulator.clock.advance(49_000)
    const { deliveries } = await report()
    expect(deliveries).toMatchObject([{ state: 'waiting', attempts: [{ outcome: 500 }, { outcome: 302 }] }])
    simulator.clock.advance(11_000)
    const done = await reportWhen(({ counts }) => counts.delivered === 1)
    expect(done.deliveries[0]).toMatchObject({ taskId: 't2', state: 'delivered', attempts: [{}, {}, { outcome: 200 }] })
    const [first, second, third] = receiver.received
    expect([second!.body, third!.body]).toEqual([first!.body, first!.body])
    expect(receiver.received.every(({ path }) => path === '/hook')).toBe(true)
  })

  it('take a subscription out of service when they do not end', async () => {
    simulator = await startWithEvents(EVENTS, { SIM_WEBHOOK_RETRY_SECONDS: '0', SIM_WEBHOOK_MAX_FAILURES: '3' })
    const id = await subscribe()
    receiver.answer(() => 503)
    simulator.clock.advance(20 * MINUTE)
    const { counts } = await reportWhen(({ subscriptions }) => subscriptions[0].status === 'inactive')
    // Of twenty events nineteen were tried before the first three were tried again.
    expect(counts).toEqual({ attempts: 22, failed: 3, dropped: 17 })
    const { body } = await simulator.call('GET', `/v2/subscriptions/${id}`)
    expect(body.data).toMatchObject({ status: 'inactive', lastUpdatedBy: 'system' })
  })

  it('include receivers that are not there', async () => {
    simulator = await startWithEvents(EVENTS, { SIM_WEBHOOK_RETRY_SECONDS: '' })
    await subscribe({ destinationUrl: 'http://127.0.0.1:1/hook' })
    simulator.clock.advance(MINUTE)
    const { deliveries } = await reportWhen(({ deliveries }) => deliveries[0]?.attempts.length > 0)
    expect(deliveries[0].attempts[0].outcome).toBe('unreachable')
  })

  it('include receivers that say nothing for five seconds', { timeout: 15_000 }, async () => {
    simulator = await startWithEvents(EVENTS)
    await subscribe()
    receiver.answer(() => null)
    const before = performance.now()
    simulator.clock.advance(2 * MINUTE)
    await receiver.until(2)
    expect(performance.now() - before).toBeGreaterThan(4900)
    expect((await report()).deliveries[0].attempts).toMatchObject([{ outcome: 'timeout' }])
  })
})

describe('unreliable deliveries', () => {
  const walk = async (env: Record<string, string>) => {
    simulator = await startWithEvents(EVENTS, env)
    await subscribe()
    simulator.clock.advance(24 * 60 * MINUTE)
    return reportWhen(({ counts }) => (counts.delivered ?? 0) + (counts.lost ?? 0) >= 118 && told().length > 0)
  }

  it('may be lost', async () => {
    const { counts } = await walk({ SIM_WEBHOOK_LOSS: '0.3' })
    expect(counts.lost).toBeGreaterThan(15)
    expect(counts.lost + counts.delivered).toBe(118)
    expect(told()).toHaveLength(counts.delivered)
  })

  it('may come twice, as the same event', async () => {
    await walk({ SIM_WEBHOOK_DOUBLES: '0.3' })
    const { counts } = await reportWhen(({ deliveries }) =>
      deliveries.every((one: Report) => one.state === 'delivered'),
    )
    const ids = receiver.received.map(({ json }) => json.id)
    expect(new Set(ids).size).toBe(118)
    expect(ids.length).toBe(counts.delivered)
    expect(ids.length).toBeGreaterThan(130)
  })

  it('may overtake each other', async () => {
    simulator = await startWithEvents(EVENTS)
    await simulator.call('POST', '/_sim/webhooks', { shuffleSeconds: 600 })
    await subscribe()
    simulator.clock.advance(24 * 60 * MINUTE)
    await receiver.until(118)
    expect(told()).not.toEqual(told().toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1))))
    expect(new Set(told()).size).toBe(118)
    expect((await simulator.call('POST', '/_sim/webhooks', { loss: 2 })).status).toBe(400)
  })
})
