import { once } from 'node:events'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpClock } from './http-clock.ts'

let server: Server
let answer: { status: number; body: string }
let url: string

beforeAll(async () => {
  server = createServer((_, response) => response.writeHead(answer.status).end(answer.body)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/_sim/clock`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

test('asks anew each time', async () => {
  const now = httpClock(url)
  answer = { status: 200, body: '{"nowMs":1000}' }
  expect(await now()).toBe(1000)
  answer = { status: 200, body: '{"nowMs":2000}' }
  expect(await now()).toBe(2000)
})

test.each([
  [500, '{"nowMs":1}'],
  [200, '{"now":1}'],
  [200, 'null'],
])('never guesses (%i %s)', async (status, body) => {
  answer = { status, body }
  await expect(httpClock(url)()).rejects.toThrow('the clock did not answer')
})
