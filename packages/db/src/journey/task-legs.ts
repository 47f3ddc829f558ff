import { type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'

/** A leg as it is stored, as far as newer copies are compared with it. */
export interface HeldLeg {
  readonly startMs: number
  readonly lastActivityMs: number
  readonly isActive: boolean
  readonly rowHash: Buffer | null
  readonly queueId: string | null
  readonly serviceLevelMs: number | null
}

/** By our leg id. Read under the source's exclusive lock, so that nobody adds one meanwhile. */
export async function readHeldLegs(tx: Transaction<DB>, legIds: readonly string[]): Promise<Map<string, HeldLeg>> {
  if (legIds.length === 0) return new Map()
  const { rows } = await sql<{
    task_leg_id: string
    leg_start_time: Date
    last_activity_time: Date
    is_active: boolean
    row_hash: Buffer | null
    queue_id: string | null
    service_level_ms: number | null
  }>`
    select task_leg_id, leg_start_time, last_activity_time, is_active, row_hash, queue_id, service_level_ms
    from journey.task_leg where task_leg_id = any(${[...legIds]}::uuid[])`.execute(tx)
  return new Map(
    rows.map((row) => [
      row.task_leg_id,
      {
        startMs: row.leg_start_time.getTime(),
        lastActivityMs: row.last_activity_time.getTime(),
        isActive: row.is_active,
        rowHash: row.row_hash,
        queueId: row.queue_id,
        serviceLevelMs: row.service_level_ms,
      },
    ]),
  )
}

/** What a leg promised: the vendor's queue id, when the leg began, and the threshold in milliseconds. */
export interface LegTerm {
  readonly queueId: string
  readonly startMs: number
  readonly slaMs: number
}

/** The legs of these tasks (the vendor's ids) that have a queue and a threshold. Read after `lockSource`. */
export async function readLegTerms(
  tx: Transaction<DB>,
  dataSourceId: number,
  taskIds: readonly string[],
): Promise<ReadonlyMap<string, readonly LegTerm[]>> {
  if (taskIds.length === 0) return new Map()
  const { rows } = await sql<{
    source_task_id: string
    source_queue_id: string
    leg_start_time: Date
    service_level_ms: number
  }>`
    select source_task_id, source_queue_id, leg_start_time, service_level_ms from journey.task_leg
    where data_source_id = ${dataSourceId} and source_task_id = any(${[...taskIds]}::text[]) and not is_deleted
      and source_queue_id is not null and service_level_ms is not null
    order by source_task_id, leg_start_time, source_leg_id`.execute(tx)
  const terms = new Map<string, LegTerm[]>()
  for (const row of rows) {
    const term = { queueId: row.source_queue_id, startMs: row.leg_start_time.getTime(), slaMs: row.service_level_ms }
    const known = terms.get(row.source_task_id)
    if (known === undefined) terms.set(row.source_task_id, [term])
    else known.push(term)
  }
  return terms
}

/**
 * Of these legs' tasks, those with an answered wait in a leg's queue whose verdict is not the one the leg's threshold gives. It may name a task too
 * many, never one too few: deriving a task again changes nothing that is right.
 */
export async function findMisjudgedTasks(
  tx: Transaction<DB>,
  legs: readonly {
    readonly taskId: string
    readonly conversationId: string
    readonly queueId: string
    readonly slaMs: number
  }[],
): Promise<string[]> {
  if (legs.length === 0) return []
  const json = JSON.stringify(
    legs.map((leg) => ({
      task_id: leg.taskId,
      conversation_id: leg.conversationId,
      queue_id: leg.queueId,
      sla_ms: leg.slaMs,
    })),
  )
  const { rows } = await sql<{ task_id: string }>`
    select distinct x.task_id
    from json_to_recordset(${json}::json) as x(task_id text, conversation_id uuid, queue_id uuid, sla_ms bigint)
    join journey.engagement e on e.conversation_id = x.conversation_id and e.queue_id = x.queue_id
      and e.engagement_type = 'Queue' and e.queue_outcome = 'answered' and not e.is_deleted
    where e.service_level in ('Met','Missed')
      and (e.service_level = 'Met') <> (extract(epoch from e.end_time - e.start_time) * 1000 <= x.sla_ms)
    order by 1`.execute(tx)
  return rows.map((row) => row.task_id)
}
