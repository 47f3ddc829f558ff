import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { type RunningApp, startApp } from './process.ts'

const ENTRY = path.join(import.meta.dirname, 'fixtures/app.ts')
let lines: string[] = []
let app: RunningApp | undefined
afterEach(async () => {
  await app?.stop(1_000)
  app = undefined
  lines = []
})

const start = (mode: string, restart = true) =>
  startApp({ name: 'fixture', entry: ENTRY, env: { MODE: mode }, restart, onLine: (line) => lines.push(line) })

async function waitFor(condition: () => boolean): Promise<void> {
  for (const deadline = performance.now() + 20_000; !condition(); await sleep(20)) {
    if (performance.now() > deadline) throw new Error(`waited too long; lines: ${lines.join('\n')}`)
  }
}

test('an app sees its own settings and none of ours', async () => {
  process.env.SECRET_OF_PARENT = 'x'
  app = await start('plain')
  delete process.env.SECRET_OF_PARENT
  expect(await (await fetch(app.url())).json()).toEqual({ pid: app.pid(), home: null, mode: 'plain' })
  expect(lines).toContain('serving')
})

test('an app that dies is started again, and that is told', async () => {
  app = await start('plain')
  const firstPid = app.pid()
  await expect(fetch(`${app.url()}/crash`)).rejects.toThrow()
  await waitFor(() => app?.restarts() === 1)
  expect(app.pid()).not.toBe(firstPid)
  expect(await (await fetch(app.url())).json()).toMatchObject({ pid: app.pid() })
  expect(lines.join('\n')).toMatch(/"event":"app_died","name":"fixture","code":3/)
})

test('an app that cannot start says why', async () => {
  await expect(start('broken')).rejects.toThrow(
    'fixture ended before it listened (code 1): wxcc-fixture: NEEDED is not set',
  )
})

test('an app that ignores SIGTERM is killed after the grace; stopping twice is harmless', async () => {
  app = await start('stubborn')
  const pid = app.pid()
  await Promise.all([app.stop(200), app.stop(200)])
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  expect(app.restarts()).toBe(0)
})
