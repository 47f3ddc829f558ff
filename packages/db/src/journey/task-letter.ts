import { mapSpan } from '@wxcc/contracts/map-span'
import { type Transaction, sql } from 'kysely'
import type { Source } from '../data-source.ts'
import { buryJob } from '../dead-letter.ts'
import type { Claim } from '../fetch-claim.ts'
import type { DB } from '../schema.ts'

/** One letter per task or agent session, however often it fails. The id names the record only; its content stays in the raw page. */
function letterId(source: Source, recordId: string): string {
  return `${mapSpan.name}.${source.key}.${recordId}`
}

/** A record that could not be mapped while the rest of its fetch was. Its window stays short, so it is missing in plain sight. */
export async function buryTask(
  tx: Transaction<DB>,
  letter: {
    readonly source: Source
    readonly claim: Claim
    /** Of the task or session; of a record without an id, the page and the place where it lies (`placeOf`). */
    readonly taskId: string
    readonly nowMs: number
    /** @default 'mapping_failed' */
    readonly code?: 'mapping_failed' | 'record_malformed' | 'created_time_moved'
  },
): Promise<void> {
  const { source, claim, taskId, nowMs, code = 'mapping_failed' } = letter
  await buryJob(tx, {
    dataSourceId: source.dataSourceId,
    queue: mapSpan.name,
    jobId: letterId(source, taskId),
    payload: { fetchId: claim.fetchId, generation: claim.mapGeneration, recordId: taskId },
    code,
    attempts: claim.mapAttempts + 1,
    traceId: claim.traceparent?.split('-')[1] ?? null,
    nowMs,
  })
}

/** Names a record that has no id. */
export function placeOf(record: { readonly rawPageId: number; readonly place: number }): string {
  return `page-${record.rawPageId}-${record.place}`
}

/** These records have been mapped after all. */
export async function resolveTasks(
  tx: Transaction<DB>,
  source: Source,
  taskIds: readonly string[],
  nowMs: number,
): Promise<void> {
  if (taskIds.length === 0) return
  await sql`
    update etl.dead_letter set resolved_at = ${new Date(nowMs)}
    where queue = ${mapSpan.name} and job_id = any(${taskIds.map((id) => letterId(source, id))}::text[])
      and resolved_at is null`.execute(tx)
}
