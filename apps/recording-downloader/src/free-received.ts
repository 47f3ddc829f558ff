import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Received bytes between two collections, of all downloads of the process. */
const EVERY_BYTES = 16_000_000

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void
let receivedBytes = 0

/**
 * What a socket received is garbage as soon as it is written, but V8 counts bytes outside of its heap late: left to itself it lets some 64 MB of them lie.
 * A young collection costs about a millisecond.
 */
export function freeReceived(bytes: number): void {
  receivedBytes += bytes
  if (receivedBytes < EVERY_BYTES) return
  receivedBytes = 0
  collect({ type: 'minor' })
}
