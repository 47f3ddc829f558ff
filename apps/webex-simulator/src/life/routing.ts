import { findStation } from './centre.ts'
import type { Centre } from './centre.ts'
import type { Station } from './floor.ts'
import type { ServiceQueue } from './org.ts'
import type { TaskScript } from './script.ts'

/** Asks the queue's own agents first; after this long anybody of the channel may take the contact (call distribution groups). */
export const EVERYBODY_AFTER_MS = 30_000

interface Waiting {
  readonly task: TaskScript
  readonly queue: ServiceQueue
  /** Epoch ms. */
  readonly enteredAt: number
  /** Positions of agents who did not take it. */
  readonly refusedBy: ReadonlySet<number>
}

/** The preferred agent, else whoever of the queue's own is free, and after a while anybody of the channel. */
export function findTaker(centre: Centre, { task, queue, enteredAt, refusedBy }: Waiting, now: number): Station | null {
  const { preferredAgent, channel } = task
  if (preferredAgent !== null && !refusedBy.has(preferredAgent.index)) {
    const preferred = findStation(centre, channel, ({ agent }) => agent === preferredAgent)
    if (preferred !== null) return preferred
  }
  const isForAll = now - enteredAt >= EVERYBODY_AFTER_MS
  return findStation(
    centre,
    channel,
    ({ agent }) => !refusedBy.has(agent.index) && (isForAll || agent.skills.includes(queue.skill)),
  )
}
