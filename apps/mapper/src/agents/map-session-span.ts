import { setImmediate } from 'node:timers/promises'
import type { Outcome } from '@wxcc/contracts/outcome'
import { finishMapping } from '@wxcc/db/fetch-claim'
import { seeDimensions } from '@wxcc/db/journey/dimensions'
import { lockSource } from '@wxcc/db/journey/source-lock'
import { buryTask, placeOf, resolveTasks } from '@wxcc/db/journey/task-letter'
import { isRefusedData } from '../is-refused-data.ts'
import { inBatch, type MapperDeps, type MapperJob } from '../mapper-job.ts'
import { collectSessions, type SessionCopy } from '../pages/collect-sessions.ts'
import type { PageReader, ReadPage } from '../pages/page-reader.ts'
import type { NamelessRecord } from '../pages/task-assembler.ts'
import { MalformedRecord } from '../tasks/derive-task.ts'
import { SeenMembers } from '../tasks/seen-members.ts'
import { recomputeActivity } from './recompute-activity.ts'
import { reexplainTasks } from './reexplain-tasks.ts'
import { closeUnlisted, saveSessions } from './save-sessions.ts'
import { seeSessionMembers, type SessionRows, sessionRows } from './session-rows.ts'
import { currentStates, deriveDueTime } from './state-table.ts'

/** Logins per transaction: a login has some hundred states, and the transaction holds the source alone. */
const BATCH = 100

interface BatchCounts {
  readonly sessions: number
  readonly reexplained: number
  readonly failed: number
}

/** Maps the pages of one `agent_session` fetch; the last batch also marks the fetch mapped. Repeating it, or any part of it, changes nothing. */
export async function mapSessionSpan(
  deps: MapperDeps,
  job: MapperJob,
  pages: readonly ReadPage[],
  reader: PageReader,
): Promise<Outcome> {
  const { copies, nameless } = collectSessions(pages)
  const total = { sessions: 0, reexplained: 0, failed: nameless.length }
  for (const record of nameless) await buryNameless(deps, job, record)
  const rederived = await deriveDueTime(deps, job)
  for (let at = 0; at === 0 || at < copies.length; at += BATCH) {
    job.signal.throwIfAborted()
    const isLast = at + BATCH >= copies.length
    const counts = await mapBatch(deps, job, copies.slice(at, at + BATCH), reader, isLast)
    total.sessions += counts.sessions
    total.reexplained += counts.reexplained
    total.failed += counts.failed
    await setImmediate()
  }
  return { kind: 'done', counts: { ...total, rederived } }
}

async function mapBatch(
  deps: MapperDeps,
  job: MapperJob,
  copies: readonly SessionCopy[],
  reader: PageReader,
  isLast: boolean,
): Promise<BatchCounts> {
  try {
    return await mapInTransaction(deps, job, copies, reader, isLast)
  } catch (cause) {
    if (!isRefusedData(cause) || copies.length === 0) throw cause
    // A login that Postgres refuses is found by halving, and buried alone.
    if (copies.length === 1) return buryAlone(deps, job, copies[0]!, reader, isLast, cause)
    const middle = Math.ceil(copies.length / 2)
    const first = await mapBatch(deps, job, copies.slice(0, middle), reader, false)
    const second = await mapBatch(deps, job, copies.slice(middle), reader, isLast)
    return {
      sessions: first.sessions + second.sessions,
      reexplained: first.reexplained + second.reexplained,
      failed: first.failed + second.failed,
    }
  }
}

async function mapInTransaction(
  deps: MapperDeps,
  job: MapperJob,
  copies: readonly SessionCopy[],
  reader: PageReader,
  isLast: boolean,
): Promise<BatchCounts> {
  const { claim, source, ids, nowMs } = job
  return inBatch(deps, job, async (tx, deps) => {
    await lockSource(tx, source.dataSourceId, 'exclusive')
    const table = await currentStates(tx, job)
    const members = new SeenMembers(ids)
    const usable: SessionRows[] = []
    const unusable: string[] = []
    for (const copy of copies) {
      try {
        usable.push(sessionRows(copy, source.dataSourceId, ids, table))
        seeSessionMembers(members, copy)
      } catch (cause) {
        unusable.push(copy.sessionId)
        const code = cause instanceof MalformedRecord ? 'record_malformed' : 'mapping_failed'
        if (code === 'record_malformed') deps.report({ event: code, record: copy.sessionId })
        else deps.report({ event: 'session_not_mapped', agentSessionId: copy.sessionId, cause })
        await buryTask(tx, { source, claim, taskId: copy.sessionId, nowMs, code })
      }
    }
    await seeDimensions(tx, source.dataSourceId, members.all)
    const saved = await saveSessions(tx, job, usable, unusable)
    const closed = isLast ? await closeUnlisted(tx, job) : []
    await recomputeActivity(tx, job, table, [...saved.changed, ...closed], isLast)
    const reexplained = await reexplainTasks(tx, deps, job, reader, [...saved.explaining, ...closed])
    const maimed = new Set(copies.filter((copy) => copy.malformedAars > 0).map((copy) => copy.sessionId))
    const usableIds = usable.map((rows) => rows.session.source_agent_session_id)
    for (const taskId of usableIds.filter((id) => maimed.has(id))) {
      deps.report({ event: 'record_malformed', record: taskId })
      await buryTask(tx, { source, claim, taskId, nowMs, code: 'record_malformed' })
    }
    await resolveTasks(
      tx,
      source,
      usableIds.filter((id) => !maimed.has(id)),
      nowMs,
    )
    for (const status of usable.flatMap((rows) => rows.statuses)) {
      if (status.isUnknown) deps.report({ event: 'unknown_state', name: status.sourceState })
    }
    if (isLast) await finishMapping(tx, { claim, nowMs })
    return { sessions: usable.length, reexplained, failed: unusable.length }
  })
}

async function buryNameless(deps: MapperDeps, job: MapperJob, record: NamelessRecord): Promise<void> {
  const { claim, source, nowMs } = job
  const taskId = placeOf(record)
  deps.report({ event: 'record_malformed', record: taskId })
  await inBatch(deps, job, (tx) => buryTask(tx, { source, claim, taskId, nowMs, code: 'record_malformed' }))
}

async function buryAlone(
  deps: MapperDeps,
  job: MapperJob,
  copy: SessionCopy,
  reader: PageReader,
  isLast: boolean,
  cause: unknown,
): Promise<BatchCounts> {
  const { claim, source, nowMs } = job
  deps.report({ event: 'session_not_mapped', agentSessionId: copy.sessionId, cause })
  await inBatch(deps, job, async (tx) => {
    await buryTask(tx, { source, claim, taskId: copy.sessionId, nowMs })
  })
  // The end of a pass has work of its own, which must not be lost with this login.
  if (isLast) await mapInTransaction(deps, job, [], reader, true)
  return { sessions: 0, reexplained: 0, failed: 1 }
}
