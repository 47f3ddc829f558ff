import { setImmediate } from 'node:timers/promises'
import type { Outcome } from '@wxcc/contracts/outcome'
import type { Database } from '@wxcc/db/connect'
import { type Claim, finishMapping } from '@wxcc/db/fetch-claim'
import { lockSource } from '@wxcc/db/journey/source-lock'
import { buryTask, placeOf } from '@wxcc/db/journey/task-letter'
import type { RawPage } from '@wxcc/db/raw-page'
import { lockTaskSources, readTaskSources, saveTaskSources, type TaskSource } from '@wxcc/db/task-source'
import { countStage } from '@wxcc/telemetry/metrics'
import { isRefusedData } from '../is-refused-data.ts'
import { inBatch, type MapperDeps, type MapperJob } from '../mapper-job.ts'
import type { PageReader } from '../pages/page-reader.ts'
import { takeOutErased } from '../pages/take-out-erased.ts'
import { lastActivityOf, type NamelessRecord, type TaskCopy } from '../pages/task-assembler.ts'
import { MAPPING_VERSION } from '../rules/mapping-version.ts'
import { childTaskIdsOf } from '../rules/relations.ts'
import { isNewer } from './is-newer.ts'
import { landTasks } from './land-tasks.ts'
import { ensureMembers, rememberMembers } from './known-members.ts'
import { BATCH, readTasks } from './read-tasks.ts'
import { SeenMembers } from './seen-members.ts'

/** Transactions of one job side by side: while Postgres writes one, the rules work on the next. */
const IN_FLIGHT = 2

interface BatchCounts {
  readonly landed: number
  readonly older: number
  readonly failed: number
  readonly redacted: number
}

/** Maps the pages of one `task` fetch, and marks it mapped at the end. Repeating it, or any part of it, changes nothing. */
export async function mapTaskSpan(
  deps: MapperDeps,
  job: MapperJob,
  pages: readonly RawPage[],
  reader: PageReader,
): Promise<Outcome> {
  const { claim, signal, nowMs } = job
  const total = { landed: 0, older: 0, failed: 0 }
  let redacted = 0
  const inFlight: Promise<void>[] = []
  const add = (counts: BatchCounts) => {
    total.landed += counts.landed
    total.older += counts.older
    total.failed += counts.failed
    redacted += counts.redacted
  }
  const landedPages = (ids: readonly string[]) => readLandedPages(deps.db, claim, ids)
  try {
    for await (const { copies, nameless } of readTasks(pages, reader, landedPages)) {
      for (const record of nameless) add(await buryNameless(deps, job, record))
      for (let at = 0; at < copies.length; at += BATCH) {
        signal.throwIfAborted()
        if (inFlight.length === IN_FLIGHT) await inFlight.shift()
        const mapped = mapBatch(deps, job, copies.slice(at, at + BATCH)).then(add)
        // It is waited for below, perhaps after another one has failed.
        mapped.catch(() => {})
        inFlight.push(mapped)
        await setImmediate()
      }
    }
    await Promise.all(inFlight)
  } finally {
    // What is under way ends before the job does, whatever failed.
    await Promise.allSettled(inFlight)
  }
  // Whoever was erased meanwhile is on these pages still.
  if (redacted > 0) await takeOutErased(deps, job)
  await deps.db.transaction().execute((tx) => finishMapping(tx, { claim, nowMs }))
  return { kind: 'done', counts: total }
}

/** Pages of this fetch from which a task has landed already. */
async function readLandedPages(
  db: Database,
  { dataSourceId, fetchId }: Claim,
  taskIds: readonly string[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const held = await readTaskSources(db, dataSourceId, taskIds)
  const landed = [...held.values()].filter((task) => task.fetchId === fetchId)
  return new Map(landed.map((task) => [task.taskId, [task.csrPageId, ...task.carPageIds]]))
}

/** A row that Postgres refuses takes its whole transaction with it; then the batch is halved until the task at fault stands alone. */
async function mapBatch(deps: MapperDeps, job: MapperJob, copies: readonly TaskCopy[]): Promise<BatchCounts> {
  try {
    return await mapInTransaction(deps, job, copies)
  } catch (cause) {
    if (!isRefusedData(cause)) throw cause
    if (copies.length === 1) return buryAlone(deps, job, copies[0]!, cause)
    const middle = Math.ceil(copies.length / 2)
    const first = await mapBatch(deps, job, copies.slice(0, middle))
    const second = await mapBatch(deps, job, copies.slice(middle))
    return {
      landed: first.landed + second.landed,
      older: first.older + second.older,
      failed: first.failed + second.failed,
      redacted: first.redacted + second.redacted,
    }
  }
}

async function mapInTransaction(deps: MapperDeps, job: MapperJob, copies: readonly TaskCopy[]): Promise<BatchCounts> {
  const { source } = job
  const begunMs = performance.now()
  // Copies that are not the newest mention members, too: so the set does not depend on which copy came first.
  const members = new SeenMembers(job.ids)
  for (const copy of copies) members.task(copy.csr, copy.cars)
  await ensureMembers(deps.db, source.dataSourceId, members.all)
  const { landed, older } = await inBatch(deps, job, async (tx, deps) => {
    await lockSource(tx, source.dataSourceId, 'shared')
    const held = await lockTaskSources(
      tx,
      source.dataSourceId,
      // A task gives its children a parent.
      copies.flatMap((copy) => [copy.taskId, ...childTaskIdsOf(copy.taskId, copy.cars)]),
    )
    const newest = copies.filter((copy) => isNewer(toTaskSource(copy, job), held.get(copy.taskId)))
    const landed = await landTasks(tx, deps, job, { copies: newest, held })
    const sources = landed.tasks.map((task) => toTaskSource(task.copy, job))
    await saveTaskSources(
      tx,
      source.dataSourceId,
      sources.filter((one) => !isHeld(one, held.get(one.taskId))),
    )
    return { landed, older: copies.length - newest.length }
  })
  rememberMembers(deps.db, landed.newMembers)
  countStage('segment', landed.segmentMs)
  countStage('write', performance.now() - begunMs - landed.segmentMs)
  return { landed: landed.tasks.length, older, failed: landed.buried.length, redacted: landed.redacted }
}

async function buryAlone(deps: MapperDeps, job: MapperJob, copy: TaskCopy, cause: unknown): Promise<BatchCounts> {
  const { claim, source, nowMs } = job
  deps.report({ event: 'task_not_mapped', taskId: copy.taskId, cause })
  await inBatch(deps, job, (tx) => buryTask(tx, { source, claim, taskId: copy.taskId, nowMs }))
  return { landed: 0, older: 0, failed: 1, redacted: 0 }
}

async function buryNameless(deps: MapperDeps, job: MapperJob, record: NamelessRecord): Promise<BatchCounts> {
  const { claim, source, nowMs } = job
  const taskId = placeOf(record)
  deps.report({ event: 'record_malformed', record: taskId })
  await inBatch(deps, job, (tx) => buryTask(tx, { source, claim, taskId, nowMs, code: 'record_malformed' }))
  return { landed: 0, older: 0, failed: 1, redacted: 0 }
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
