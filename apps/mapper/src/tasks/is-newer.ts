import type { TaskSource } from '@wxcc/db/task-source'

type Copy = Pick<TaskSource, 'lastActivityMs' | 'heldCount' | 'totalCount' | 'fetchId'>

/**
 * Whether a copy may replace the held one: later `lastActivityTime`, then more CARs, then the larger `totalCount`, then the later fetch.
 * A total order, so that the same copy wins whatever the order in which copies arrive; the same copy may land again.
 */
export function isNewer(candidate: Copy, held: Copy | undefined): boolean {
  if (held === undefined) return true
  const [ours, theirs] = [rank(candidate), rank(held)]
  for (let place = 0; place < ours.length; place += 1) {
    if (ours[place] !== theirs[place]) return ours[place]! > theirs[place]!
  }
  return true
}

function rank(copy: Copy): readonly number[] {
  return [copy.lastActivityMs, copy.heldCount, copy.totalCount ?? -1, copy.fetchId]
}
