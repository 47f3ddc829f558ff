import { setImmediate } from 'node:timers/promises'
import type { Outcome } from '@wxcc/contracts/outcome'
import { finishMapping } from '@wxcc/db/fetch-claim'
import { lockSource } from '@wxcc/db/journey/source-lock'
import { buryTask } from '@wxcc/db/journey/task-letter'
import { lockTaskSources, saveTaskSources, type TaskSource } from '@wxcc/db/task-source'
import { isRefusedData } from '../is-refused-data.ts'
import { inBatch, type MapperDeps, type MapperJob } from '../mapper-job.ts'
import { collectTasks, lastActivityOf, type TaskCopy } from '../pages/collect-tasks.ts'
import type { ReadPage } from '../pages/page-reader.ts'
import { MAPPING_VERSION } from '../rules/mapping-version.ts'
import { isNewer } from './is-newer.ts'
import { landTasks } from './land-tasks.ts'
import { SeenMembers } from './seen-members.ts'

/** Tasks per transaction: well under a second of work, so that neither locks nor the event loop are held long. */
const BATCH = 250

interface BatchCounts {
  readonly landed: number
  readonly older: number
  readonly failed: number
}

/** Maps the pages of one `task` fetch; the last batch also marks the fetch mapped. Repeating it, or any part of it, changes nothing. */
export async function mapTaskSpan(deps: MapperDeps, job: MapperJob, pages: readonly ReadPage[]): Promise<Outcome> {
  const copies = collectTasks(pages)
  const total = { landed: 0, older: 0, failed: 0 }
  for (let at = 0; at === 0 || at < copies.length; at += BATCH) {
    job.signal.throwIfAborted()
    const isLast = at + BATCH >= copies.length
    const counts = await mapBatch(deps, job, copies.slice(at, at + BATCH), isLast)
    total.landed += counts.landed
    total.older += counts.older
    total.failed += counts.failed
    await setImmediate()
  }
  return { kind: 'done', counts: total }
}

/** A row that Postgres refuses takes its whole transaction with it; then the batch is halved until the task at fault stands alone. */
async function mapBatch(
  deps: MapperDeps,
  job: MapperJob,
  copies: readonly TaskCopy[],
  isLast: boolean,
): Promise<BatchCounts> {
  try {
    return await mapInTransaction(deps, job, copies, isLast)
  } catch (cause) {
    if (!isRefusedData(cause) || copies.length === 0) throw cause
    if (copies.length === 1) return buryAlone(deps, job, copies[0]!, isLast, cause)
    const middle = Math.ceil(copies.length / 2)
    const first = await mapBatch(deps, job, copies.slice(0, middle), false)
    const second = await mapBatch(deps, job, copies.slice(middle), isLast)
    return {
      landed: first.landed + second.landed,
      older: first.older + second.older,
      failed: first.failed + second.failed,
    }
  }
}

async function mapInTransaction(
  deps: MapperDeps,
  job: MapperJob,
  copies: readonly TaskCopy[],
  isLast: boolean,
): Promise<BatchCounts> {
  const { claim, source, nowMs } = job
  return inBatch(deps, job, async (tx, deps) => {
    await lockSource(tx, source.dataSourceId, 'shared')
    const held = await lockTaskSources(
      tx,
      source.dataSourceId,
      copies.map((copy) => copy.taskId),
    )
    const newest = copies.filter((copy) => isNewer(toTaskSource(copy, job), held.get(copy.taskId)))
    const members = new SeenMembers(job.ids)
    for (const copy of copies) members.task(copy.csr, copy.cars)
    const landed = await landTasks(tx, deps, job, { copies: newest, held, members })
    const sources = landed.tasks.map((task) => toTaskSource(task.copy, job))
    await saveTaskSources(
      tx,
      source.dataSourceId,
      sources.filter((one) => !isHeld(one, held.get(one.taskId))),
    )
    if (isLast) await finishMapping(tx, { claim, nowMs })
    return { landed: landed.tasks.length, older: copies.length - newest.length, failed: landed.buried.length }
  })
}

async function buryAlone(
  deps: MapperDeps,
  job: MapperJob,
  copy: TaskCopy,
  isLast: boolean,
  cause: unknown,
): Promise<BatchCounts> {
  const { claim, source, nowMs } = job
  deps.report({ event: 'task_not_mapped', taskId: copy.taskId, cause })
  await inBatch(deps, job, async (tx) => {
    await buryTask(tx, { source, claim, taskId: copy.taskId, nowMs })
    if (isLast) await finishMapping(tx, { claim, nowMs })
  })
  return { landed: 0, older: 0, failed: 1 }
}

function toTaskSource(copy: TaskCopy, job: MapperJob): TaskSource {
  return {
    taskId: copy.taskId,
    createdMs: copy.csr.createdTime,
    lastActivityMs: lastActivityOf(copy.csr),
    totalCount: copy.totalCount,
    heldCount: copy.heldCount,
    csrPageId: copy.csrPageId,
    carPageIds: copy.carPageIds,
    fetchId: job.claim.fetchId,
    mappingVersion: MAPPING_VERSION,
  }
}

/** Nothing to be written: the same copy of the same fetch by the same rules. */
function isHeld(source: TaskSource, held: TaskSource | undefined): boolean {
  return held !== undefined && held.fetchId === source.fetchId && held.mappingVersion === source.mappingVersion
}
