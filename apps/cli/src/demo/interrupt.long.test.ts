import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { until } from '@wxcc/testing/until'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const MAIN = path.join(import.meta.dirname, '../main.ts')
const TIMEOUT_MS = 120_000

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-interrupt-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** The demo as a person starts it, in a process group of its own as a terminal would give it. Resolves when it has said a line with `words`. */
async function startDemoCommand(words: string): Promise<{ readonly child: ChildProcess; readonly lines: string[] }> {
  const args = [MAIN, 'demo', '--tasks-per-day', '60', '--agents', '6', '--data', path.join(folder, 'data')]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  await until(`the demo to say "${words}"`, () => lines.some((line) => line.includes(words)), { timeoutMs: 90_000 })
  return { child, lines }
}

/** Commands of all processes that have this test's folder in their command or environment. */
async function survivors(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
      const [command, environment] = [await read('cmdline'), await read('environ')]
      return command.includes(folder) || environment.includes(folder) ? command.replaceAll('\0', ' ') : undefined
    }),
  )
  return found.filter((command) => command !== undefined && command !== '') as string[]
}

describe('the demo leaves no process behind', () => {
  test(
    'Ctrl-C while the live edge is loaded: exit 0, everything stopped',
    async () => {
      const { child, lines } = await startDemoCommand('Loading the live edge')
      expect(lines.join('\n')).toMatch(/board {5}http:\/\/127\.0\.0\.1:\d+ {3}user: operator {3}password: \S{12}/)
      expect(lines.join('\n')).toMatch(/psql "postgres:\/\//)
      expect((await survivors()).length).toBeGreaterThan(6)
      process.kill(-child.pid!, 'SIGINT')
      const [code] = (await once(child, 'exit')) as [number | null]
      expect(code).toBe(0)
      expect(await survivors()).toEqual([])
    },
    TIMEOUT_MS,
  )

  test(
    'Ctrl-C in the middle of loading: exit 0 as well',
    async () => {
      const { child } = await startDemoCommand('windows verified')
      process.kill(-child.pid!, 'SIGINT')
      const [code] = (await once(child, 'exit')) as [number | null]
      expect(code).toBe(0)
      expect(await survivors()).toEqual([])
    },
    TIMEOUT_MS,
  )

  test(
    'kill -9 of the demo itself: what it started goes too',
    async () => {
      const { child } = await startDemoCommand('windows verified')
      child.kill('SIGKILL')
      await once(child, 'exit')
      await until('everything to end', async () => (await survivors()).length === 0, { timeoutMs: 60_000 })
      expect(await survivors()).toEqual([])
    },
    TIMEOUT_MS,
  )
})
