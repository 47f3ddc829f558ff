/**
 * Renews a lease three times as often as needed, by a real timer; what the lease says is the clock's. `lost` is aborted when `renew` answers
 * false. A renewal that throws is tried again at the next tick: the fence, not the lease, keeps writes apart.
 */
export function keepLease(options: { readonly leaseMs: number; readonly renew: () => Promise<boolean> }): {
  readonly lost: AbortSignal
  readonly stop: () => Promise<void>
} {
  const aborter = new AbortController()
  let renewing: Promise<void> = Promise.resolve()
  let isBusy = false
  const tick = async () => {
    isBusy = true
    try {
      if (!(await options.renew())) {
        clearInterval(timer)
        aborter.abort(new Error('lease lost'))
      }
    } catch {
      // The database is away for a moment; the processor's own statements will say so.
    } finally {
      isBusy = false
    }
  }
  const timer = setInterval(
    () => {
      if (!isBusy) renewing = tick()
    },
    Math.max(50, Math.floor(options.leaseMs / 3)),
  )
  return {
    lost: aborter.signal,
    async stop() {
      clearInterval(timer)
      await renewing
    },
  }
}
