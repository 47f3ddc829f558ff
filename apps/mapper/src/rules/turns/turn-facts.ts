export type TurnType =
  | 'Message'
  | 'Talk'
  | 'Recording'
  | 'Transcript'
  | 'Menu Step'
  | 'File'
  | 'Image'
  | 'Application Action'
  | 'Unknown'
export type Participant = 'Customer' | 'Agent' | 'Bot' | 'System' | 'External' | 'Unknown'

/** What the capture's own listing says (webex-cc-api §4.2). Times are epoch ms. */
export interface CaptureReference {
  readonly captureId: string
  /** Null where the listing has none. */
  readonly startMs: number | null
  readonly stopMs: number | null
  /** The task's `createdTime`: stands in, marked as estimated, for times that nothing states. */
  readonly taskStartMs: number
  readonly languageCode?: string | null
}

/** A row of journey.turn without its ids and references. */
export interface TurnFacts {
  /** `<captureId>`, or `<captureId>:<message id or index>`. */
  source_record_id: string
  turn_type: TurnType
  participant: Participant
  /** By time within the capture, from 1. */
  sequence_no: number
  turn_time_ms: number
  duration_ms: number | null
  /** Characters of the text; null for audio and files. */
  length_chars: number | null
  language: string | null
  confidence: number | null
  is_time_estimated: boolean
}

/** Personal data: a row of pii.turn_content, kept apart from the facts. */
export interface TurnContent {
  body_text: string | null
  subject: string | null
  /** Addresses of a mail, where given. */
  headers: Record<string, unknown> | null
  /** The message as delivered. */
  source: unknown
}

export interface Turn {
  readonly facts: TurnFacts
  readonly content: TurnContent
}

/** Time as far as it is known, while turns are still in the order of the file. */
export interface UntimedTurn {
  readonly turn: Omit<TurnFacts, 'sequence_no' | 'turn_time_ms' | 'is_time_estimated' | 'language'>
  readonly content: TurnContent
  readonly timeMs: number | null
}

/**
 * Puts turns in order of time. One without a time takes that of the turn before it in the file, else the capture's, else the
 * task's, and is marked: missing is not zero.
 */
export function timeTurns(turns: readonly UntimedTurn[], capture: CaptureReference): Turn[] {
  let last = capture.startMs ?? capture.taskStartMs
  const timed = turns.map((each) => {
    last = each.timeMs ?? last
    return { ...each, at: last }
  })
  return timed
    .toSorted((a, b) => a.at - b.at)
    .map(({ turn, content, timeMs, at }, index) => ({
      facts: {
        ...turn,
        sequence_no: index + 1,
        turn_time_ms: at,
        is_time_estimated: timeMs === null,
        language: capture.languageCode ?? null,
      },
      content,
    }))
}

const SURROGATE_PAIR = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g

/** In code points, as Postgres counts. */
export function lengthOf(text: string | null): number | null {
  return text === null ? null : text.replaceAll(SURROGATE_PAIR, '.').length
}
