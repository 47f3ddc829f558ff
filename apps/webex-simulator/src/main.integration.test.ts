import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { PERSONA_NAMES } from './personas.ts'
import { readSettings } from './settings.ts'
import { lines, START, task, writeDataset } from './testing/tiny-dataset.ts'

const MAIN = new URL('main.ts', import.meta.url).pathname
const PATIENCE_MS = 30_000
const ORG = '11111111-2222-4333-8444-555555555555'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

interface Started {
  readonly child: ChildProcess
  readonly output: { stdout: string; stderr: string }
  /** Exit code and signal. */
  readonly exited: Promise<unknown[]>
}

function start(env: Record<string, string>, words: readonly string[] = []): Started {
  const child = spawn(process.execPath, [MAIN, ...words], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  cleanups.push(() => child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
  return { child, output, exited: once(child, 'close') }
}

/** Its message to the parent; a child that ends instead says why. */
async function listening({ child, output, exited }: Started): Promise<{ event: string; url: string }> {
  const ended = exited.then(() => Promise.reject(new Error(`ended before listening: ${output.stderr}`)))
  const [message] = await Promise.race([once(child, 'message'), ended])
  return message
}

async function tinyDataset(content = lines([task({ id: 'a', createdTime: START })])): Promise<string> {
  const { folder, remove } = await writeDataset({ 'tasks.jsonl': content })
  cleanups.push(remove)
  return folder
}

describe('main', { timeout: PATIENCE_MS }, () => {
  it('says where it listens, on stdout and to its parent, and stops on SIGTERM', async () => {
    const started = start({ SIM_DATASET: await tinyDataset() })
    const message = await listening(started)
    const { child, output, exited } = started
    expect(message).toEqual({ event: 'listening', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) })
    expect(await (await fetch(`${message.url}/_sim/info`)).json()).toMatchObject({ counts: { tasks: 1 } })
    for (const path of ['/healthz', '/readyz']) expect((await fetch(message.url + path)).status).toBe(200)
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(JSON.parse(output.stdout)).toEqual(message)
    expect(output.stderr).toBe('')
  })

  it('stops when its parent is gone', async () => {
    const started = start({ SIM_DATASET: await tinyDataset() })
    await listening(started)
    // 'exit', not 'close': Node never reports the latter for a channel closed from this side.
    const exit = once(started.child, 'exit')
    started.child.disconnect()
    expect(await exit).toEqual([0, null])
  })

  it.each([
    ['settings', { SIM_PORT: '-1', SIM_SEED: 'x' }, /^SIM_PORT: [^\n]*\nSIM_SEED: [^\n]*\n$/],
    ['a folder that is not there', { SIM_DATASET: '/nowhere/at/all' }, /^SIM_DATASET: no such folder\n$/],
  ])('refuses bad %s with one line each and no stack', async (_name, env, message) => {
    const { output, exited } = start({ ...env })
    expect(await exited).toEqual([1, null])
    expect(output.stderr).toMatch(message)
    expect(output.stdout).toBe('')
  })

  it('helps with every setting and persona, and starts nothing', async () => {
    const { output, exited } = start({}, ['--help'])
    expect(await exited).toEqual([0, null])
    for (const name of Object.keys(readSettings({ SIM_ORG_ID: ORG })))
      expect(output.stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
    for (const name of PERSONA_NAMES) expect(output.stdout).toContain(`  ${name} `)
    expect(output.stdout).toContain('SIM_RATE_LIMIT_PER_MINUTE  (default 300)')
    expect(output.stdout).toContain('SIM_INDEX_LAG_SECONDS  (default 0)')
    expect(output.stdout).not.toContain('Other:')
  })

  it('refuses arguments it does not know', async () => {
    const { output, exited } = start({}, ['--port=4000'])
    expect(await exited).toEqual([1, null])
    expect(output.stderr).toMatch(/^--port=4000: no such argument\.[^\n]*--help\.\n$/)
  })

  it('refuses a bad dataset, naming file and line', async () => {
    const { output, exited } = start({ SIM_DATASET: await tinyDataset('{"id":1}') })
    expect(await exited).toEqual([1, null])
    expect(output.stderr).toMatch(/^SIM_DATASET: tasks\.jsonl:1: id: [^\n]*\n$/)
  })
})
