import type { CaptureKind, CaptureState } from '@wxcc/contracts/ledger'
import { sql } from 'kysely'
import type { Database } from './connect.ts'

/** A capture as people look for it. */
export interface Recording {
  readonly captureId: number
  readonly dataSourceKey: string
  readonly taskId: string
  readonly conversationStart: Date
  readonly kind: CaptureKind
  readonly callType: string | null
  readonly state: CaptureState
  readonly reason: string | null
  readonly findings: readonly string[]
  readonly durationMs: number | null
  readonly byteSize: number | null
  readonly sha256: Buffer | null
  readonly contentType: string | null
  /** Channel on which the agent speaks, 1 or 2. */
  readonly agentChannel: number | null
  readonly objectKey: string | null
}

export interface RecordingQuery {
  readonly dataSourceKey?: string
  readonly taskId?: string
  readonly captureId?: number
  /** Start of the conversation, epoch ms, half-open. */
  readonly fromMs?: number
  readonly toMs?: number
  readonly kind?: CaptureKind
  readonly state?: CaptureState
  readonly limit: number
}

/** In order of the conversations' start. */
export async function findRecordings(db: Database, query: RecordingQuery): Promise<Recording[]> {
  const { rows } = await sql<Recording>`
    select c.capture_id as "captureId", s.data_source_key as "dataSourceKey", c.task_id as "taskId",
      c.conversation_start_time as "conversationStart", c.kind, c.call_type as "callType", c.state, c.reason, c.findings,
      c.duration_ms as "durationMs", c.byte_size as "byteSize", c.sha256, c.content_type as "contentType", c.agent_channel as "agentChannel",
      c.object_key as "objectKey"
    from etl.capture c join etl.data_source s using (data_source_id)
    where (${query.dataSourceKey ?? null}::text is null or s.data_source_key = ${query.dataSourceKey ?? null})
      and (${query.taskId ?? null}::text is null or c.task_id = ${query.taskId ?? null})
      and (${query.captureId ?? null}::bigint is null or c.capture_id = ${query.captureId ?? null})
      and (${query.kind ?? null}::text is null or c.kind = ${query.kind ?? null})
      and (${query.state ?? null}::text is null or c.state = ${query.state ?? null})
      and c.conversation_start_time >= ${new Date(query.fromMs ?? 0)} and c.conversation_start_time < ${new Date(query.toMs ?? FAR_MS)}
    order by c.conversation_start_time, c.task_id, c.kind, c.capture_id limit ${query.limit}`.execute(db)
  return rows
}

const FAR_MS = Date.UTC(9999, 0)

/** Written before the file is handed out, so that no access goes unnoticed. Names nobody. */
export async function noteAccess(
  db: Database,
  access: {
    readonly captureId: number
    readonly via: 'cli' | 'board'
    readonly action: 'link' | 'play' | 'export'
    readonly nowMs: number
  },
): Promise<void> {
  const { captureId, via, action, nowMs } = access
  await db
    .insertInto('etl.capture_access')
    .values({ capture_id: captureId, via, action, accessed_at: new Date(nowMs) })
    .execute()
}
