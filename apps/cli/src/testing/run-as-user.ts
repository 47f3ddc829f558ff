import { spawn } from 'node:child_process'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'

const ROOT = path.join(import.meta.dirname, '../../../..')
const REGISTER = import.meta.resolve('@wxcc/telemetry/register')
/** In every value these tests give: it may never come back in what is printed. */
export const CANARY = 'canary7Q'
/** A limit against hanging, not a measure: what is misconfigured ends after its slowest time-out (30 s) and a start, on a busy machine. */
const PATIENCE_MS = 120_000

export interface Ended {
  /** Null when it did not end by itself. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `node --import …register apps/<app>/src/main.ts <args>` with these settings and no others; no IPC channel, no terminal. */
export async function runAsUser(
  app: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  /** What is written to its standard input. */
  input?: string,
): Promise<Ended> {
  const isServed = app !== 'cli' && app !== 'webex-simulator'
  const child = spawn(
    process.execPath,
    [...(isServed ? ['--import', REGISTER] : []), path.join(ROOT, 'apps', app, 'src/main.ts'), ...args],
    {
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  )
  child.stdin.on('error', () => {}).end(input ?? '')
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exited])
  clearTimeout(timer)
  return { code, stdout, stderr }
}

/**
 * The one short line a command that was set up wrongly ends with. Fails unless the exit code is 1 and nothing else was printed: no stack, no value,
 * and on standard output only what a command with `progress` says of its steps.
 */
export function complaintOf(ended: Ended, options?: { readonly progress?: boolean }): string {
  const { code, stdout, stderr } = ended
  expect(`${stdout}${stderr}`).not.toMatch(/^\s+at |"at":\[/m)
  expect(`${stdout}${stderr}`).not.toContain(CANARY)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(stderr.length).toBeLessThan(400)
  if (options?.progress !== true) expect(stdout).toBe('')
  expect({ code, stderr }).toEqual({ code: 1, stderr })
  return stderr.trimEnd()
}
