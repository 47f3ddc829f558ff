import { setTimeout as sleep } from 'node:timers/promises'

const MINUTE_MS = 60_000
/** As many as the simulator remembers. */
const REMEMBERED = 1_000
const LOOK_MS = 500

interface Report {
  readonly total: number
  readonly last: readonly { readonly atMs: number; readonly client: string | null; readonly status: number }[]
}

/** Every request as the vendor met it, read from the simulator while it still remembers. */
export interface VendorLog {
  /** The fullest sliding minute of any client id, refused requests included. */
  fullestMinute(): number
  requests(): number
  requestsOf(client: string): number
  throttled(): number
  stop(): Promise<void>
}

/** Throws at `stop` when the simulator had forgotten requests before they were read. */
export function watchVendor(control: (part: string) => Promise<unknown>): VendorLog {
  const times = new Map<string, number[]>()
  const stopping = new AbortController()
  let seen = 0
  let throttled = 0
  let missed = 0

  async function look(): Promise<void> {
    const { total, last } = (await control(`requests?last=${REMEMBERED}`)) as Report
    const fresh = total - seen
    missed += Math.max(0, fresh - REMEMBERED)
    for (const { atMs, client, status } of last.slice(0, fresh)) {
      if (status === 429) throttled++
      if (client === null) continue
      const known = times.get(client)
      if (known === undefined) times.set(client, [atMs])
      else known.push(atMs)
    }
    seen = total
  }
  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look()
      await sleep(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => {})
    }
    await look()
  }
  const watching = watch()
  // Whoever stops it hears of it.
  watching.catch(() => {})

  return {
    fullestMinute: () => Math.max(0, ...[...times.values()].map(fullestMinute)),
    requests: () => seen,
    requestsOf: (client) => times.get(client)?.length ?? 0,
    throttled: () => throttled,
    async stop() {
      stopping.abort()
      await watching
      if (missed > 0) throw new Error(`${missed} requests were forgotten before they were counted`)
    },
  }
}

/** Most moments within any minute whose beginning does not belong to it. */
export function fullestMinute(times: readonly number[]): number {
  const ordered = times.toSorted((a, b) => a - b)
  let [first, most] = [0, 0]
  for (const [index, atMs] of ordered.entries()) {
    while (ordered[first]! <= atMs - MINUTE_MS) first++
    most = Math.max(most, index - first + 1)
  }
  return most
}
