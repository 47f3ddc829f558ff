import type { CaptureReference, TurnFacts } from './turn-facts.ts'

/** One Recording turn per file (model §1.7, §7-20). All who were on the line are in it, so no one participant is named. */
export function recordingTurn(capture: CaptureReference): TurnFacts {
  const { startMs, stopMs } = capture
  return {
    source_record_id: capture.captureId,
    turn_type: 'Recording',
    participant: 'Unknown',
    sequence_no: 1,
    turn_time_ms: startMs ?? capture.taskStartMs,
    duration_ms: startMs === null || stopMs === null || stopMs < startMs ? null : stopMs - startMs,
    length_chars: null,
    language: capture.languageCode ?? null,
    confidence: null,
    is_time_estimated: startMs === null,
  }
}
