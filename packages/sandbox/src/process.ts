import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, startChild } from './child.ts'

const FIRST_BACKOFF_MS = 200
const MAX_BACKOFF_MS = 5_000
/** As infra/Dockerfile starts them. V8 keeps three times this, in MB; left to itself it takes twice as much for a tenth more speed. */
const SMALL_NURSERY = '--max-semi-space-size=16'
/** Alive this long means the next death is a new story. */
const STEADY_MS = 30_000
const STOP_GRACE_MS = 15_000

export interface RunningApp {
  readonly name: string
  /** Address, and pid, of the present run; with port 0 both change after a restart. */
  readonly url: () => string
  readonly metricsUrl: () => string | undefined
  readonly pid: () => number
  /** How often it died unexpectedly and was started again. */
  readonly restarts: () => number
  /** SIGTERM, SIGKILL after the grace. Twice is harmless. */
  readonly stop: (graceMs?: number) => Promise<void>
}

/**
 * Runs one of our apps as a supervisor would: waits until it listens, starts it again with backoff when it dies, and tells `onLine` each time.
 * Rejects if the first start fails. `env` is all the settings the app sees.
 */
export async function startApp(options: {
  readonly name: string
  /** Absolute path of its `main.ts`. */
  readonly entry: string
  readonly env: Readonly<Record<string, string>>
  readonly onLine?: (line: string) => void
  /** @default true */
  readonly restart?: boolean
}): Promise<RunningApp> {
  const register = createRequire(import.meta.url).resolve('@wxcc/telemetry/register')
  const start = () =>
    startChild({
      name: options.name,
      entry: options.entry,
      env: options.env,
      execArgv: [SMALL_NURSERY, '--import', pathToFileURL(register).href],
      ...(options.onLine ? { onLine: options.onLine } : {}),
    })
  const say = (event: string, fields: object) =>
    options.onLine?.(JSON.stringify({ level: 'warn', app: 'sandbox', event, name: options.name, ...fields }))

  let child: Child = await start()
  let restarts = 0
  const stopping = new AbortController()
  const supervised = options.restart === false ? Promise.resolve() : supervise()

  async function supervise(): Promise<void> {
    let backoffMs = FIRST_BACKOFF_MS
    for (;;) {
      const startedAt = performance.now()
      const { code, signal } = await child.exited
      if (stopping.signal.aborted) return
      if (performance.now() - startedAt > STEADY_MS) backoffMs = FIRST_BACKOFF_MS
      let started: Child | undefined
      while (started === undefined) {
        say('app_died', { code, signal, restartInMs: backoffMs })
        await sleep(backoffMs, undefined, { signal: stopping.signal }).catch(() => {})
        if (stopping.signal.aborted) return
        backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS)
        started = await start().catch((error: Error) => {
          say('app_start_failed', { problem: error.message.split('\n')[0] })
          return undefined
        })
      }
      if (stopping.signal.aborted) {
        // `stop` came while it was starting, and saw only its predecessor.
        await started.stop(STOP_GRACE_MS)
        return
      }
      child = started
      restarts++
      say('app_restarted', { restarts })
    }
  }

  return {
    name: options.name,
    url: () => child.listening.url,
    metricsUrl: () => child.listening.metricsUrl,
    pid: () => child.pid,
    restarts: () => restarts,
    async stop(graceMs = STOP_GRACE_MS) {
      stopping.abort()
      await child.stop(graceMs)
      await supervised
    },
  }
}
