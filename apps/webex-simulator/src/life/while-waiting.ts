import type { Beat, TaskScript } from './script.ts'
import { aside, engage } from './tell.ts'

/** Shorter waits are too short to hear anything. */
const SHORTEST_MS = 6000

/** What the customer heard while waiting, told beside the wait once that is over. @param endedAt epoch ms */
export function tellWait(task: TaskScript, wait: Beat | null, endedAt: number): void {
  if (wait === null || endedAt - wait.start < SHORTEST_MS) return
  const { queue } = wait
  const start = wait.start + 400
  const end = endedAt - 500
  if (task.plan.hasSelfServiceInQueue) {
    // A Menu of its own, beneath which the wait goes on (ruling 6).
    task.kinds.add('self-service in queue')
    aside(task, { kind: 'self-service', start, end, queue })
    aside(task, { kind: 'self-service-done', start: end, end, queue })
    engage(task, 'Menu', start, { endTime: end, menuPhase: 'in_queue' })
  } else if (task.plan.hasTreatmentInQueue) {
    // Music and announcements make no row (ruling 6).
    task.kinds.add('treatment in queue')
    aside(task, { kind: 'treatment', start, end, queue })
    aside(task, { kind: 'treatment-done', start: end, end: end + 20, queue })
  }
}
