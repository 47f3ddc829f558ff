import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { ROOT, type Service } from './compose-file.ts'
import { APP_FOLDER, execForm, imageEnvironment } from './dockerfile.ts'

export interface ComposeProcess {
  readonly child: ChildProcess
  /** Address and metrics address it announced. Rejects with its output if it ends first. */
  readonly listening: Promise<{ readonly url: string; readonly metricsUrl?: string }>
  /** How it ended, after its output was read to the end. */
  readonly ended: Promise<{
    readonly code: number | null
    readonly signal: NodeJS.Signals | null
    readonly output: string
  }>
}

/**
 * Starts a service as its container would: the image's entry point with the service's command, the image's variables under the service's, in the
 * folder of the repository, and nothing else from this process but PATH. `instead` replaces what only exists inside the compose network.
 */
export function startAsComposeSays(
  service: Service,
  environment: Readonly<Record<string, string>>,
  instead: Readonly<Record<string, string>>,
): ComposeProcess {
  const [, ...words] = [...(service.entrypoint ?? execForm('ENTRYPOINT') ?? []), ...(service.command ?? [])]
  const child = spawn(
    process.execPath,
    words.map((word) => (word.startsWith(`${APP_FOLDER}/`) ? path.join(ROOT, path.relative(APP_FOLDER, word)) : word)),
    {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...imageEnvironment(), ...environment, ...instead },
      // The channel tells the free port that was taken; in a container there is none, and the port is the file's.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  )
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  const ended = Promise.all([closed, text(child.stdout!), text(child.stderr!)]).then(([[code, signal], out, err]) => ({
    code,
    signal,
    output: out + err,
  }))
  const listening = Promise.race([
    once(child, 'message').then(([message]) => message as { url: string; metricsUrl?: string }),
    ended.then(({ code, output }) => Promise.reject(new Error(`ended with ${code} before it listened:\n${output}`))),
  ])
  // A one-shot command never listens, and nobody waits for it.
  listening.catch(() => {})
  return { child, listening, ended }
}
