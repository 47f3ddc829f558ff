import { segmentTask } from '../segment-task.ts'
import type { ConversationFacts, EngagementFacts } from '../segment/facts.ts'
import type { VectorInput } from './vector-file.ts'

/** Rows in the words of the tables; the vendor's ids stand where the tables have our uuids. */
export interface VectorRows {
  readonly conversation: Readonly<Record<string, unknown>>
  readonly engagements: readonly Readonly<Record<string, unknown>>[]
  readonly unknown_events: readonly string[]
}

export function runVector(input: VectorInput): VectorRows {
  const task = segmentTask({
    csr: input.csr,
    cars: input.cars,
    carsComplete: input.carsComplete,
    source: input.source,
    notResponding: input.aars
      .filter(({ state }) => state.toLowerCase() === 'not-responding')
      .map(({ agentId, startTime, taskId }) => ({ agentId, startTimeMs: startTime, taskId })),
    sessionCovers: (agentId, atMs) =>
      input.sessions.some(
        (own) => own.agentId === agentId && own.fromMs <= atMs && (own.toMs === null || atMs <= own.toMs),
      ),
    slaMsByQueue: new Map(Object.entries(input.slaMsByQueue)),
    legs: input.legs,
    isOriginAgent: input.isOriginAgent,
  })
  const anchors = new Map(task.engagements.map((row) => [row.engagement_id, row.anchor_record_id]))
  return {
    conversation: conversationRow(task.conversation),
    engagements: task.engagements.map((row) => engagementRow(row, anchors)),
    unknown_events: task.unknownEvents,
  }
}

function conversationRow(facts: ConversationFacts): Record<string, unknown> {
  const {
    conversation_start_time_ms: startMs,
    end_time_ms: endMs,
    source_entry_point_id: entryPoint,
    source_first_queue_id: firstQueue,
    source_last_queue_id: lastQueue,
    ...rest
  } = facts
  return {
    ...rest,
    conversation_start_time: timeOf(startMs),
    end_time: timeOf(endMs),
    entry_point_id: entryPoint,
    first_queue_id: firstQueue,
    last_queue_id: lastQueue,
  }
}

function engagementRow(facts: EngagementFacts, anchors: ReadonlyMap<string, string>): Record<string, unknown> {
  const {
    conversation_start_time_ms: conversationStartMs,
    start_time_ms: startMs,
    end_time_ms: endMs,
    parent_engagement_id: parent,
    source_agent_id: agent,
    source_queue_id: queue,
    source_team_id: team,
    source_site_id: site,
    source_entry_point_id: entryPoint,
    source_wrap_up_code_id: wrapUpCode,
    ...rest
  } = facts
  return {
    ...rest,
    conversation_start_time: timeOf(conversationStartMs),
    start_time: timeOf(startMs),
    end_time: timeOf(endMs),
    // The parent by the record that opened it: an id of ours would tell a reader nothing.
    parent_engagement_id: parent === null ? null : (anchors.get(parent) ?? null),
    agent_id: agent,
    queue_id: queue,
    engaged_team_id: team,
    site_id: site,
    entry_point_id: entryPoint,
    outcome_id: wrapUpCode,
  }
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
