import { createHash } from 'node:crypto'
import type { ExpectedBy, ExpectedCapture } from '@wxcc/db/capture'
import type { RecordingPolicy } from '@wxcc/db/data-source'
import type { CsrRecord } from '../rules/records.ts'
import type { ConversationFacts } from '../rules/segment/facts.ts'

const DIGITAL = new Set(['Chat', 'Email', 'SMS'])
/** Of the connected calls that are not flagged as recorded, one in so many is asked for all the same: a flag may be wrong. */
const SAMPLE_ONE_IN = 100
/** A sampled call is asked for once only, so not before a recording would have appeared. */
const SAMPLE_WAIT_MS = 3_600_000
/** More parts than any call has; a wrong number must not fill the ledger. */
const MAX_RECORDINGS = 50

/**
 * Captures that an ended task should have: as many recordings as it counts (consults and parts after a transfer are counted with it), at least one
 * if a recording was asked for, or by the source's policy; a transcript if the contact was written (webex-cc-api §4.2: voice may be listed for open
 * tasks, but incomplete; digital only for closed ones).
 */
export function expectedCaptures(
  csr: CsrRecord,
  conversation: ConversationFacts,
  policy: RecordingPolicy,
): ExpectedCapture[] {
  if (conversation.end_time_ms === null && csr.isActive !== false) return []
  const task = { taskId: conversation.source_task_id, conversationStartMs: conversation.conversation_start_time_ms }
  const captures: ExpectedCapture[] = []
  const by = whyRecorded(csr, conversation, policy)
  if (by !== null) {
    const count = Math.min(Math.max(1, numberOf(csr['recordingCount'])), MAX_RECORDINGS)
    const notBeforeMs = by === 'sample' ? (conversation.end_time_ms ?? task.conversationStartMs) + SAMPLE_WAIT_MS : null
    captures.push({ ...task, kind: 'recording', count, by, notBeforeMs })
  }
  if (DIGITAL.has(conversation.channel_type))
    captures.push({ ...task, kind: 'transcript', count: 1, by: 'channel', notBeforeMs: null })
  return captures
}

function whyRecorded(csr: CsrRecord, conversation: ConversationFacts, policy: RecordingPolicy): ExpectedBy | null {
  if (csr['captureRequested'] === true || numberOf(csr['recordingCount']) > 0) return 'flag'
  const isConnected = numberOf(csr['connectedCount']) > 0 || numberOf(csr['connectedDuration']) > 0
  if (conversation.channel_type !== 'Voice' || !isConnected) return null
  if (policy === 'all-connected') return 'policy'
  return isSampled(conversation.source_task_id) ? 'sample' : null
}

/** The same answer for a task whenever and by whomever it is asked. */
export function isSampled(taskId: string): boolean {
  return createHash('sha256').update(`sample:${taskId}`).digest().readUInt32BE(0) % SAMPLE_ONE_IN === 0
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0
}
