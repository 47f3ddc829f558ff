import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { Agent, type IncomingMessage, get } from 'node:http'
import path from 'node:path'

/**
 * The baseline: the same files over the same sockets, hashed and written to disk, so many at a time, and nothing else: no listing, no check, no sync,
 * no ledger, and no second chance. Answers the seconds it took.
 */
export async function bareCopy(given: {
  readonly standUrl: string
  readonly taskIds: readonly string[]
  readonly folder: string
  readonly concurrency: number
}): Promise<number> {
  const { standUrl, taskIds, folder, concurrency } = given
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const left = [...taskIds]
  const begunMs = performance.now()
  const copyRest = async () => {
    for (let taskId = left.shift(); taskId !== undefined; taskId = left.shift()) {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        get(`${standUrl}/files/${taskId}`, { agent }, resolve).once('error', reject)
      })
      const file = await open(path.join(folder, taskId), 'w')
      const hash = createHash('sha256')
      for await (const chunk of response as AsyncIterable<Buffer>) {
        await file.write(chunk)
        hash.update(chunk)
      }
      hash.digest()
      await file.close()
    }
  }
  await Promise.all(Array.from({ length: concurrency }, copyRest))
  agent.destroy()
  return (performance.now() - begunMs) / 1_000
}
