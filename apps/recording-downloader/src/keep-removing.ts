/** Looks every `everyMs` until `signal` aborts; what fails is logged and tried again with the next look. */
export function keepRemoving(options: {
  readonly remove: () => Promise<number>
  readonly everyMs: number
  readonly onRemoved: (count: number) => void
  readonly onError: (error: unknown) => void
}): { readonly stop: () => Promise<void> } {
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(async () => {
      try {
        const count = await options.remove()
        if (count > 0) options.onRemoved(count)
      } catch (error) {
        options.onError(error)
      }
    })
  }, options.everyMs)
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
