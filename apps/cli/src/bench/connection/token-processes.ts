import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const ENTRY = fileURLToPath(import.meta.resolve('./token-process.ts'))

/** Where a process's refresh ends by SIGKILL: it has the turn, has taken the fence, has the vendor's answer, has stored it. */
export const KILL_POINTS = ['turn', 'begun', 'granted', 'saved'] as const
export type KillPoint = (typeof KILL_POINTS)[number]

/** A process that is ready to ask for a token. */
export interface TokenProcess {
  /** Lets it ask; answers `token`, a failure's code, or `killed`. */
  readonly ask: () => Promise<string>
}

export async function startTokenProcess(
  env: Readonly<Record<string, string>>,
  dieAt?: KillPoint,
): Promise<TokenProcess> {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(process.execPath, [ENTRY], {
    env: { PATH: process.env['PATH'] ?? '', ...env, ...(dieAt === undefined ? {} : { DIE_AT: dieAt }) },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const exited = once(child, 'exit')
  const said: string[] = []
  lines.on('line', (line) => said.push(line))
  await Promise.race([
    once(lines, 'line'),
    exited.then(() => Promise.reject(new Error('a process that needs a token did not start'))),
  ])
  return {
    async ask() {
      child.stdin.on('error', () => {})
      child.stdin.write('go\n')
      const [, signal] = (await exited) as [number | null, NodeJS.Signals | null]
      return signal === 'SIGKILL' ? 'killed' : (said[1] ?? 'nothing')
    },
  }
}
