import { rowId } from '@wxcc/contracts/dimension-id'
import type { CaptureRow } from '@wxcc/db/capture'
import type { Source } from '@wxcc/db/data-source'
import type { HeldConversation } from '@wxcc/db/journey/capture-mapping'
import type { TurnRow } from '@wxcc/db/journey/fact-tables'
import type { DerivedCapture } from '@wxcc/db/journey/turns'
import { textMember } from '../pages/vendor-answer.ts'
import { turnId } from '../rules/ids.ts'
import type { EngagementSpan } from '../rules/turns/attach-turn.ts'
import { recordingTurn } from '../rules/turns/recording-turn.ts'
import { transcriptTurns } from '../rules/turns/transcript-turns.ts'
import type { CaptureReference, Turn } from '../rules/turns/turn-facts.ts'
import { placeTurn } from './place-turn.ts'

export interface ReadCapture {
  readonly rows: DerivedCapture
  readonly isUnknownShape: boolean
}

/** What a capture is called in our tables: a transcript's id may be that of a configuration, the same for many tasks (webex-cc-api §4.2). */
export function captureName(capture: CaptureRow): string {
  const id = capture.source_capture_id ?? ''
  return capture.kind === 'recording' ? id : `${capture.task_id}/${id}`
}

/** Pure. `fileText` is the stored file of a transcript, null for other kinds. The capture is stored, so its object's columns are set. */
export function captureRows(
  capture: CaptureRow,
  fileText: string | null,
  conversation: HeldConversation,
  source: Source,
): ReadCapture {
  const name = captureName(capture)
  const reference: CaptureReference = {
    captureId: name,
    startMs: capture.start_time?.getTime() ?? null,
    stopMs: capture.end_time?.getTime() ?? null,
    taskStartMs: conversation.startTime.getTime(),
    languageCode: textMember(capture.attributes, 'languageCode'),
  }
  const read = turnsOf(capture, fileText, reference)
  const turns = (read ?? []).map((turn) => ({ turn, row: toTurnRow(turn, conversation, source) }))
  return {
    isUnknownShape: read === null,
    rows: {
      mediaFile: {
        media_file_id: rowId(source.key, 'media_file', name),
        data_source_id: source.dataSourceId,
        conversation_id: conversation.conversationId,
        conversation_start_time: conversation.startTime,
        turn_id: capture.kind === 'recording' ? (turns[0]?.row.turn_id ?? null) : null,
        source_capture_id: name,
        media_kind: capture.kind,
        object_key: capture.object_key!,
        content_type: capture.content_type,
        byte_size: capture.byte_size!,
        sha256: capture.sha256!,
        audio_channels: capture.audio_channels,
        channel_1_participant: capture.channel_1_participant,
        channel_2_participant: capture.channel_2_participant,
        start_time: capture.start_time,
        end_time: capture.end_time,
        duration_ms: capture.duration_ms,
      },
      turns: turns.map(({ row }) => row),
      contents: turns.flatMap(({ turn, row }) =>
        turn.content === null
          ? []
          : [
              {
                turnId: row.turn_id,
                conversationStartTime: conversation.startTime,
                bodyText: turn.content.body_text,
                subject: turn.content.subject,
                headers: turn.content.headers,
                source: turn.content.source,
              },
            ],
      ),
    },
  }
}

interface CaptureTurn {
  readonly facts: Turn['facts']
  readonly content: Turn['content'] | null
}

/** Null: a transcript in a shape nobody knows yet. */
function turnsOf(capture: CaptureRow, fileText: string | null, reference: CaptureReference): CaptureTurn[] | null {
  switch (capture.kind) {
    case 'recording':
      return [{ facts: recordingTurn(reference), content: null }]
    case 'transcript': {
      const read = transcriptTurns(fileText ?? '', reference)
      return read.kind === 'unknown' ? null : read.turns
    }
    default:
      return []
  }
}

function toTurnRow(turn: CaptureTurn, conversation: HeldConversation, source: Source): TurnRow {
  const { turn_time_ms: atMs, ...facts } = turn.facts
  const engagements = conversation.engagements as readonly (EngagementSpan & { agent_id: string | null })[]
  const place = placeTurn(turn.facts, engagements)
  return {
    ...facts,
    turn_id: turnId(source.key, facts.source_record_id),
    engagement_id: place.engagementId,
    agent_id: place.agentId,
    conversation_id: conversation.conversationId,
    conversation_start_time: conversation.startTime,
    data_source_id: source.dataSourceId,
    origin: null,
    category: null,
    turn_time: new Date(atMs),
  }
}
