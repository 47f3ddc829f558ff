import type { Logger } from '@wxcc/telemetry/log'

/** The order of a stop: nothing new is taken, what is in hand ends, then the connections it needed, health last of all. */
const PHASES = ['intake', 'jobs', 'redis', 'postgres', 'http'] as const
export type StopPhase = (typeof PHASES)[number]

/** What a step may take beyond the grace of jobs. Closing a client of a server that is gone for good may otherwise wait for ever. */
const CLOSE_MS = 5_000

type Stopper = (grace: { readonly graceMs: number }) => Promise<unknown> | void

interface NamedStopper {
  readonly phase: StopPhase
  readonly name: string
  readonly stop: Stopper
}

/**
 * How long this process lives. What is opened registers how it is closed; SIGTERM, SIGINT or a parent that went away (IPC `disconnect`) close
 * it all in order. Stopping twice is harmless; a step that fails, or takes longer than the grace and five seconds, is logged and the next
 * one runs. What is in hand ends side by side: a worker of several queues that lost its servers is gone after one grace, not after several.
 */
export class Lifecycle {
  /** Resolves after everything is closed. `main` awaits it; `runMain` flushes telemetry after that. */
  readonly stopped: Promise<void>
  readonly #stoppers: NamedStopper[] = []
  readonly #log: Logger
  readonly #graceMs: number
  readonly #resolveStopped: () => void
  readonly #aborter = new AbortController()
  readonly #onSignal = (signal: NodeJS.Signals) => void this.stop(signal)
  readonly #onDisconnect = () => void this.stop('disconnect')
  #stopping: Promise<void> | undefined

  /** `graceMs`: how long jobs in hand may go on before they are aborted. */
  constructor(options: { readonly log: Logger; readonly graceMs: number }) {
    this.#log = options.log
    this.#graceMs = options.graceMs
    const { promise, resolve } = Promise.withResolvers<void>()
    this.stopped = promise
    this.#resolveStopped = resolve
    process.on('SIGTERM', this.#onSignal)
    process.on('SIGINT', this.#onSignal)
    process.on('disconnect', this.#onDisconnect)
  }

  /** Aborted when a stop begins: for loops that wait, such as the planner's. */
  get signal(): AbortSignal {
    return this.#aborter.signal
  }

  readonly isDraining = (): boolean => this.#stopping !== undefined

  /** Within one phase, what was registered last is closed first; jobs end side by side. */
  onStop(phase: StopPhase, name: string, stop: Stopper): void {
    this.#stoppers.push({ phase, name, stop })
  }

  stop(reason: string): Promise<void> {
    this.#stopping ??= this.#stopInOrder(reason)
    return this.#stopping
  }

  async #stopInOrder(reason: string): Promise<void> {
    this.#log.info({ event: 'stopping', reason }, 'stopping')
    this.#aborter.abort(new Error('stopping'))
    for (const phase of PHASES) {
      const stoppers = this.#stoppers.filter((stopper) => stopper.phase === phase).reverse()
      if (phase === 'jobs') await Promise.all(stoppers.map((stopper) => this.#close(stopper)))
      else for (const stopper of stoppers) await this.#close(stopper)
    }
    process.off('SIGTERM', this.#onSignal)
    process.off('SIGINT', this.#onSignal)
    process.off('disconnect', this.#onDisconnect)
    this.#log.info({ event: 'stopped', reason }, 'stopped')
    this.#resolveStopped()
  }

  async #close({ phase, name, stop }: NamedStopper): Promise<void> {
    try {
      await inTime(stop({ graceMs: this.#graceMs }), this.#graceMs + CLOSE_MS)
    } catch (error) {
      this.#log.error({ event: 'stop_failed', phase, name, err: error }, 'could not be closed')
    }
  }
}

async function inTime(step: Promise<unknown> | void, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('did not close in time')), limitMs)
  })
  try {
    await Promise.race([step, late])
  } finally {
    clearTimeout(timer)
  }
}
