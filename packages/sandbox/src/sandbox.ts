/** Anything that was started and can be stopped. */
interface Stoppable {
  readonly stop: () => Promise<void>
}

/**
 * Servers and apps that live and end together: started in order, stopped in the reverse order, all of them even if one fails to stop. When a
 * start fails, what was started before it is stopped before the error is thrown on.
 */
export class Sandbox {
  readonly #running: { readonly name: string; readonly stop: () => Promise<void> }[] = []
  #stopping: Promise<void> | undefined

  async start<T extends Stoppable>(name: string, start: () => Promise<T>): Promise<T> {
    if (this.#stopping !== undefined) throw new Error(`${name} is not started: the sandbox is stopping`)
    try {
      const started = await start()
      this.#running.push({ name, stop: () => started.stop() })
      // A stop that began meanwhile did not see this one.
      if (this.#stopping !== undefined) await this.#stopAll()
      return started
    } catch (error) {
      await this.stop().catch(() => {})
      throw error
    }
  }

  /** Twice is harmless. Throws an `AggregateError` after everything else was stopped. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #stopAll(): Promise<void> {
    const failures: Error[] = []
    for (let last = this.#running.pop(); last !== undefined; last = this.#running.pop()) {
      const { name, stop } = last
      await stop().catch((cause: unknown) => failures.push(new Error(`${name} could not be stopped`, { cause })))
    }
    if (failures.length > 0) throw new AggregateError(failures, 'some of the sandbox could not be stopped')
  }
}
