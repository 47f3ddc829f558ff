import type { ExpectedCapture } from '@wxcc/db/capture'
import type { CsrRecord } from '../rules/records.ts'
import type { ConversationFacts } from '../rules/segment/facts.ts'

const DIGITAL = new Set(['Chat', 'Email', 'SMS'])

/**
 * Captures that an ended task should have: a recording if one was made, a transcript if the contact was written (webex-cc-api §4.2: voice may be
 * listed for open tasks, but incomplete; digital only for closed ones).
 */
export function expectedCaptures(csr: CsrRecord, conversation: ConversationFacts): ExpectedCapture[] {
  if (conversation.end_time_ms === null && csr.isActive !== false) return []
  const task = { taskId: conversation.source_task_id, conversationStartMs: conversation.conversation_start_time_ms }
  const recordings = csr['recordingCount']
  const isRecorded = csr['captureRequested'] === true || (typeof recordings === 'number' && recordings > 0)
  return [
    ...(isRecorded ? [{ ...task, kind: 'recording' as const }] : []),
    ...(DIGITAL.has(conversation.channel_type) ? [{ ...task, kind: 'transcript' as const }] : []),
  ]
}
