import { setImmediate } from 'node:timers/promises'
import type { Outcome } from '@wxcc/contracts/outcome'
import { finishMapping } from '@wxcc/db/fetch-claim'
import { lockSource } from '@wxcc/db/journey/source-lock'
import { buryTask, placeOf, resolveTasks } from '@wxcc/db/journey/task-letter'
import type { RawPage } from '@wxcc/db/raw-page'
import { rederiveTasks } from '../agents/reexplain-tasks.ts'
import { isRefusedData } from '../is-refused-data.ts'
import { inBatch, type MapperDeps, type MapperJob } from '../mapper-job.ts'
import type { PageReader, ReadPage } from '../pages/page-reader.ts'
import { recordsOf, textMember } from '../pages/vendor-answer.ts'
import { ensureMembers } from '../tasks/known-members.ts'
import { SeenMembers } from '../tasks/seen-members.ts'
import { type ClrRecord, seeLegMembers } from './leg-rows.ts'
import { saveLegs } from './save-legs.ts'

/** Legs per transaction, which holds the source alone. */
const BATCH = 500

interface BatchCounts {
  readonly legs: number
  readonly older: number
  readonly rederived: number
  readonly failed: number
}

/**
 * Maps the pages of one `task_leg` fetch, page by page, and marks it mapped at the end. A leg's promise goes before the queue's present threshold, so
 * tasks that were judged by another one are derived anew. Repeating it, or any part of it, changes nothing.
 */
export async function mapLegSpan(
  deps: MapperDeps,
  job: MapperJob,
  pages: readonly RawPage[],
  reader: PageReader,
): Promise<Outcome> {
  const total = { legs: 0, older: 0, rederived: 0, failed: 0 }
  for (const page of pages) {
    const { legs, malformed } = readLegs(await reader.read(page))
    for (const recordId of malformed) await buryMalformed(deps, job, recordId)
    total.failed += malformed.length
    for (let at = 0; at < legs.length; at += BATCH) {
      job.signal.throwIfAborted()
      const counts = await mapBatch(deps, job, legs.slice(at, at + BATCH), reader)
      for (const name of ['legs', 'older', 'rederived', 'failed'] as const) total[name] += counts[name]
      await setImmediate()
    }
  }
  const { claim, nowMs } = job
  await deps.db.transaction().execute((tx) => finishMapping(tx, { claim, nowMs }))
  return { kind: 'done', counts: total }
}

/** Of a page: legs with all that a row cannot be without, and the names of the others. */
function readLegs(page: ReadPage): { readonly legs: ClrRecord[]; readonly malformed: string[] } {
  const legs: ClrRecord[] = []
  const malformed: string[] = []
  for (const [place, record] of recordsOf(page, 'taskLegDetails', 'taskLegs').entries()) {
    const leg = record as ClrRecord
    const id = textMember(leg, 'id')
    if (id !== null && textMember(leg, 'taskId') !== null && Number.isFinite(leg.createdTime)) legs.push(leg)
    else malformed.push(id ?? placeOf({ rawPageId: page.rawPageId, place }))
  }
  return { legs, malformed }
}

/** A leg that Postgres refuses is found by halving, and buried alone. */
async function mapBatch(
  deps: MapperDeps,
  job: MapperJob,
  legs: readonly ClrRecord[],
  reader: PageReader,
): Promise<BatchCounts> {
  try {
    return await mapInTransaction(deps, job, legs, reader)
  } catch (cause) {
    if (!isRefusedData(cause)) throw cause
    if (legs.length === 1) {
      await buryMalformed(deps, job, legs[0]!.id)
      return { legs: 0, older: 0, rederived: 0, failed: 1 }
    }
    const middle = Math.ceil(legs.length / 2)
    const first = await mapBatch(deps, job, legs.slice(0, middle), reader)
    const second = await mapBatch(deps, job, legs.slice(middle), reader)
    return {
      legs: first.legs + second.legs,
      older: first.older + second.older,
      rederived: first.rederived + second.rederived,
      failed: first.failed + second.failed,
    }
  }
}

async function mapInTransaction(
  deps: MapperDeps,
  job: MapperJob,
  legs: readonly ClrRecord[],
  reader: PageReader,
): Promise<BatchCounts> {
  const { source, ids, nowMs } = job
  const members = new SeenMembers(ids)
  for (const leg of legs) seeLegMembers(members, leg)
  await ensureMembers(deps.db, source.dataSourceId, members.all)
  return inBatch(deps, job, async (tx, deps) => {
    await lockSource(tx, source.dataSourceId, 'exclusive')
    const { saved, older, taskIds } = await saveLegs(tx, job, legs)
    await rederiveTasks(tx, deps, job, reader, taskIds)
    await resolveTasks(
      tx,
      source,
      legs.map((leg) => leg.id),
      nowMs,
    )
    return { legs: saved, older, rederived: taskIds.length, failed: 0 }
  })
}

async function buryMalformed(deps: MapperDeps, job: MapperJob, recordId: string): Promise<void> {
  const { claim, source, nowMs } = job
  deps.report({ event: 'record_malformed', record: recordId })
  await inBatch(deps, job, (tx) => buryTask(tx, { source, claim, taskId: recordId, nowMs, code: 'record_malformed' }))
}
