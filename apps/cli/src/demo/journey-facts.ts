import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'

/** One engagement in the words of the simulator's truth: vendor ids, epoch milliseconds. */
export interface EngagementFact {
  readonly taskId: string
  readonly type: string
  readonly agentId: string | null
  readonly queueId: string | null
  readonly startTime: number
  readonly endTime: number | null
}

/** All engagements of conversations begun in the range. Only people count as agents here: flows and outside numbers have no agent in the truth. */
export async function readEngagementFacts(
  db: Database,
  range: { readonly fromMs: number; readonly toMs: number },
): Promise<EngagementFact[]> {
  const { rows } = await sql<EngagementFact>`
    select c.source_task_id as "taskId", e.engagement_type as type,
           case when a.agent_type = 'User' then a.source_agent_id end as "agentId", q.source_queue_id as "queueId",
           (extract(epoch from e.start_time) * 1000)::bigint as "startTime", (extract(epoch from e.end_time) * 1000)::bigint as "endTime"
    from journey.engagement e
    join journey.conversation c using (conversation_id, conversation_start_time)
    left join journey.agent a on a.agent_id = e.agent_id
    left join journey.queue q on q.queue_id = e.queue_id
    where not e.is_deleted and not c.is_deleted
      and c.conversation_start_time >= ${new Date(range.fromMs)} and c.conversation_start_time < ${new Date(range.toMs)}`.execute(
    db,
  )
  return rows
}

/** How many of `expected` are among `held`, each held one counted at most once. */
export function countEqual(expected: readonly EngagementFact[], held: readonly EngagementFact[]): number {
  const counts = new Map<string, number>()
  for (const fact of held) counts.set(keyOf(fact), (counts.get(keyOf(fact)) ?? 0) + 1)
  let equal = 0
  for (const fact of expected) {
    const left = counts.get(keyOf(fact)) ?? 0
    if (left === 0) continue
    counts.set(keyOf(fact), left - 1)
    equal += 1
  }
  return equal
}

function keyOf(fact: EngagementFact): string {
  return [fact.taskId, fact.type, fact.agentId, fact.queueId, fact.startTime, fact.endTime].join('|')
}
