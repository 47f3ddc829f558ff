import type { SegmentedTask } from './segment-task.ts'

/** What the tables' constraints and the rulings would refuse in a task's rows; empty when all is well. */
export function breachesOf({ conversation, engagements }: SegmentedTask): string[] {
  const found: string[] = []
  const note = (isBreach: boolean, text: string) => {
    if (isBreach) found.push(`${conversation.source_task_id} ${text}`)
  }
  const anchors = new Set(engagements.map((row) => `${row.engagement_type}/${row.anchor_record_id}`))
  note(anchors.size !== engagements.length, 'has two rows of one type on one CAR')
  const { end_time_ms: end, conversation_start_time_ms: start } = conversation
  note(end !== null && end < start, 'ends before it starts')
  for (const row of engagements) {
    const name = `#${row.sequence_no} ${row.engagement_type}`
    const facts = Object.entries(row).filter(([column]) => /(_time_ms|_count)$/.test(column))
    note(row.end_time_ms !== null && row.end_time_ms < row.start_time_ms, `${name} ends before it starts`)
    for (const [column, value] of facts) note(typeof value === 'number' && !(value >= 0), `${name} has ${column} < 0`)
    note(row.engagement_type === 'Queue' && row.source_agent_id !== null, `${name} has an agent`)
    note((row.engagement_type === 'Invitation') !== (row.invitation_result !== null), `${name}: invitation_result`)
    note(row.engagement_type !== 'Queue' && row.queue_outcome !== null, `${name} has a queue_outcome`)
    note(!row.source_record_ids.includes(row.anchor_record_id), `${name} is not among its own sources`)
    note(row.status === 'In Progress' && row.end_time_ms !== null, `${name} is open and has an end`)
  }
  return found
}
