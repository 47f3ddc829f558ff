import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'

/** What a child says over IPC once it serves. */
export interface Listening {
  readonly url: string
  readonly metricsUrl?: string
}

export interface ChildOptions {
  readonly name: string
  /** Absolute path of the module to run. */
  readonly entry: string
  readonly args?: readonly string[]
  readonly execArgv?: readonly string[]
  /** All the child sees, besides what `inheritedEnv` lets through. */
  readonly env: Readonly<Record<string, string>>
  /** Every line of its standard output and error. */
  readonly onLine?: (line: string) => void
  /** Own process group, so that Ctrl-C in the terminal does not reach it before its clients are stopped. */
  readonly isDetached?: boolean
  readonly startTimeoutMs?: number
}

export interface Child {
  readonly pid: number
  readonly listening: Listening
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  /** SIGTERM, then SIGKILL after the grace. Resolves when it is gone; twice is harmless. */
  stop(graceMs: number): Promise<void>
}

/** A child did not come up. The message is one line, with the child's own reason if it gave one; `lastLines` is the end of its output. */
export class ChildNotStarted extends Error {
  override readonly name = 'ChildNotStarted'
  readonly lastLines: readonly string[]

  constructor(child: string, problem: string, lastLines: readonly string[]) {
    super(`${child} ${problem}${reasonIn(lastLines)}`)
    this.lastLines = lastLines
  }
}

const KEPT_LINES = 20
/** Compiled code that is kept takes a third off each start after the first. Where it cannot be written, Node does without. */
const COMPILED_DIR = path.join(import.meta.dirname, '../../../node_modules/.cache/compiled')

/**
 * Starts a Node child with an IPC channel and waits for its `listening` message. The channel is also its leash: when this process dies, even
 * by SIGKILL, the child sees `disconnect` and stops. Rejects with `ChildNotStarted` if it ends first.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const child = spawn(process.execPath, [...(options.execArgv ?? []), options.entry, ...(options.args ?? [])], {
    env: { NODE_COMPILE_CACHE: COMPILED_DIR, ...inheritedEnv(process.env), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: options.isDetached ?? false,
  })
  const lastLines: string[] = []
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', (line) => {
      lastLines.push(line)
      if (lastLines.length > KEPT_LINES) lastLines.shift()
      options.onLine?.(line)
    })
  }
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }))
    // 'close' comes after the last line was read.
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const stop = (graceMs: number) => stopChild(child, exited, graceMs)
  try {
    const listening = await waitForListening(child, exited, options, lastLines)
    return { pid: child.pid!, listening, exited, stop }
  } catch (error) {
    await stop(1_000)
    throw error
  }
}

function waitForListening(
  child: ChildProcess,
  exited: Child['exited'],
  options: ChildOptions,
  lastLines: readonly string[],
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const timeoutMs = options.startTimeoutMs ?? 180_000
    const timer = setTimeout(() => fail(`did not listen within ${timeoutMs} ms`), timeoutMs)
    const fail = (problem: string) => {
      clearTimeout(timer)
      reject(new ChildNotStarted(options.name, problem, lastLines))
    }
    child.on('message', (message: { readonly event?: string } & Listening) => {
      if (message.event !== 'listening') return
      clearTimeout(timer)
      resolve({ url: message.url, ...(message.metricsUrl === undefined ? {} : { metricsUrl: message.metricsUrl }) })
    })
    void exited.then(({ code, signal }) => fail(`ended before it listened (${signal ?? `code ${code}`})`))
  })
}

/** The last line a person could read. Log lines (JSON) and places in a stack are for the log. */
function reasonIn(lines: readonly string[]): string {
  const reason = lines.findLast(
    (line) => line.trim() !== '' && !/^\s*([{}]|at )/.test(line) && !line.startsWith('Node.js v'),
  )
  return reason === undefined ? '' : `: ${reason.trim()}`
}

async function stopChild(child: ChildProcess, exited: Child['exited'], graceMs: number): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await exited
  clearTimeout(timer)
}

/** Lets through what a program needs to run at all and how telemetry is exported; settings of ours are given explicitly. */
function inheritedEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const wanted =
    /^(PATH|HOME|TMPDIR|TEMP|TZ|LANG|LC_.*|LD_LIBRARY_PATH|NODE_COMPILE_CACHE|NODE_EXTRA_CA_CERTS|OTEL_.*)$/
  return Object.fromEntries(Object.entries(env).filter(([name]) => wanted.test(name)))
}
