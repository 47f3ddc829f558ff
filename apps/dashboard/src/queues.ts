import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'

/** The queues as the board looks at them: it never writes their settings, and answers at once when Redis is away. */
export function openWatchedQueues(
  contracts: readonly { readonly name: string }[],
  connection: Redis,
  prefix: string,
): { readonly all: readonly Queue[]; readonly close: () => Promise<void> } {
  const all = contracts.map(({ name }) => {
    const queue = new Queue(name, { connection, prefix, skipMetasUpdate: true, skipWaitingForReady: true })
    // The rejected call tells its caller; an 'error' event nobody hears would end the process.
    queue.on('error', () => {})
    return queue
  })
  return {
    all,
    async close() {
      await Promise.all(all.map((queue) => queue.close()))
    },
  }
}
