import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'

const ENTRY = path.join(import.meta.dirname, 'fixtures/app.ts')
let children: ChildProcess[] = []
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children = []
})

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [ENTRY], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  children.push(child)
  return {
    child,
    out: text(child.stdout!),
    err: text(child.stderr!),
    exit: once(child, 'exit') as Promise<[number | null, string | null]>,
  }
}

async function startListening(mode = 'serve') {
  const app = start({ MODE: mode, NEEDED: 'x', STOP_GRACE_MS: '100' })
  const [message] = (await once(app.child, 'message')) as [{ event: string; url: string }]
  expect(message.event).toBe('listening')
  return { ...app, url: message.url }
}

const closedPhases = (out: string) =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { event: string; phase: string })
    .filter((line) => line.event === 'closed')
    .map((line) => line.phase)

describe('runMain', () => {
  test('wrong settings end in one line and exit code 1', async () => {
    const { out, err, exit } = start({ MODE: 'x' })
    expect((await exit)[0]).toBe(1)
    expect(await err).toBe('wxcc-fixture: MODE must be one of serve, refused, crash, hang; NEEDED is not set\n')
    expect(await out).toBe('')
  })

  test('an unreachable server ends in one line that names the setting', async () => {
    const { err, exit } = start({ MODE: 'refused', NEEDED: 'x' })
    expect((await exit)[0]).toBe(1)
    expect(await err).toBe('wxcc-fixture: DATABASE_URL: nothing listens at this address\n')
  })

  test('anything else is a log line with code `unexpected`, without its message', async () => {
    const { out, exit } = start({ MODE: 'crash', NEEDED: 'x' })
    expect((await exit)[0]).toBe(1)
    expect(JSON.parse(await out)).toMatchObject({
      level: 'fatal',
      event: 'crashed',
      code: 'unexpected',
      err: { type: 'Error' },
    })
    expect(await out).not.toContain('Jane')
  })
})

describe('health and stop', () => {
  test('healthz answers, readyz waits for the checks, and SIGTERM closes in order', async () => {
    const { child, url, out, exit } = await startListening()
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    const cold = await fetch(`${url}/readyz`)
    expect([cold.status, await cold.json()]).toEqual([503, { ok: false, failing: ['warm'] }])
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    expect((await fetch(`${url}/else`)).status).toBe(404)
    // Both wait for it when it wakes: sent one after the other, the second may find a process that has ended all but its own tear-down.
    for (const signal of ['SIGSTOP', 'SIGTERM', 'SIGINT', 'SIGCONT'] as const) child.kill(signal)
    expect(await exit).toEqual([0, null])
    expect(closedPhases(await out)).toEqual(['intake', 'jobs', 'redis', 'postgres', 'http'])
  })

  test('a parent that goes away stops it too', async () => {
    const { child, out, exit } = await startListening()
    child.disconnect()
    expect(await exit).toEqual([0, null])
    expect(closedPhases(await out)).toHaveLength(5)
  })

  test('a step that never ends does not keep it', async () => {
    const { child, out, exit } = await startListening('hang')
    child.disconnect()
    expect(await exit).toEqual([0, null])
    expect(await out).toMatch(/"event":"stop_failed","phase":"jobs"/)
    expect(closedPhases(await out)).toHaveLength(5)
  })
})
