import { type TaskLegRow, taskLegFacts } from '@wxcc/db/journey/fact-tables'
import { hashRow, upsertFacts } from '@wxcc/db/journey/facts'
import { findMisjudgedTasks, type HeldLeg, readHeldLegs } from '@wxcc/db/journey/task-legs'
import type { DB } from '@wxcc/db/schema'
import type { Transaction } from 'kysely'
import type { MapperJob } from '../mapper-job.ts'
import { type ClrRecord, lastActivityOf, legId, legRow } from './leg-rows.ts'
import { isNewerLeg, type LegAge } from './newest-leg.ts'

interface Candidate {
  readonly row: TaskLegRow
  readonly startMs: number
  readonly age: LegAge
}

export interface SavedLegs {
  readonly saved: number
  readonly older: number
  /** Tasks (the vendor's ids) whose service level these legs may decide otherwise than it is stored. */
  readonly taskIds: readonly string[]
}

/** Stores the newest copy of every leg. The caller holds the source's exclusive lock, so that no task is mapped meanwhile. */
export async function saveLegs(tx: Transaction<DB>, job: MapperJob, legs: readonly ClrRecord[]): Promise<SavedLegs> {
  const { source, ids, claim } = job
  const held = await readHeldLegs(
    tx,
    legs.map((leg) => legId(source.key, leg.id)),
  )
  const newest = new Map<string, Candidate>()
  for (const leg of legs) {
    const key = legId(source.key, leg.id)
    const stored = held.get(key)
    const other = newest.get(key)
    const startMs = stored?.startMs ?? other?.startMs ?? leg.createdTime
    const row = legRow(leg, startMs, source, ids)
    const age = { lastActivityMs: lastActivityOf(leg), isActive: row.is_active, rowHash: hashRow(taskLegFacts, row) }
    if (isNewerLeg(age, other?.age ?? stored)) newest.set(key, { row, startMs, age })
  }
  const rows = [...newest.values()].map(({ row }) => row)
  await upsertFacts(tx, taskLegFacts, rows, claim.fetchId)
  const promising = rows.flatMap((row) => promiseOf(row) ?? [])
  const misjudged = await findMisjudgedTasks(tx, promising)
  const moved = rows.filter((row) => hasMoved(row, held.get(row.task_leg_id))).map((row) => row.source_task_id)
  return {
    saved: rows.length,
    older: legs.length - rows.length,
    taskIds: [...new Set([...misjudged, ...moved])].sort(),
  }
}

function promiseOf(row: TaskLegRow) {
  if (row.queue_id === null || row.service_level_ms === null) return undefined
  return {
    taskId: row.source_task_id,
    conversationId: row.conversation_id,
    queueId: row.queue_id,
    slaMs: row.service_level_ms,
  }
}

/** A leg that once promised something else may have decided a verdict that no leg supports now. */
function hasMoved(row: TaskLegRow, held: HeldLeg | undefined): boolean {
  if (held === undefined || held.serviceLevelMs === null) return false
  return held.queueId !== row.queue_id || held.serviceLevelMs !== row.service_level_ms
}
