import { digitalMessages, digitalTurns } from './digital-turns.ts'
import { isObject } from './read-json.ts'
import { timeTurns, type CaptureReference, type Turn } from './turn-facts.ts'
import { legacyVoiceTurns, vconTurns } from './voice-turns.ts'

export type TranscriptTurns =
  | { readonly kind: 'voice-legacy' | 'vcon' | 'digital'; readonly turns: Turn[] }
  /** To be stored and counted, never to fail the load. */
  | { readonly kind: 'unknown' }

/** Turns of a transcript file. Its content says what it is; file names and sources no longer do (webex-cc-api §4.4). */
export function transcriptTurns(fileText: string, capture: CaptureReference): TranscriptTurns {
  const file = parse(fileText)
  if (isObject(file) && Array.isArray(file['responseContents'])) {
    return { kind: 'voice-legacy', turns: timeTurns(legacyVoiceTurns(file, capture), capture) }
  }
  if (isObject(file) && Array.isArray(file['parties']) && Array.isArray(file['dialog'])) {
    return { kind: 'vcon', turns: timeTurns(vconTurns(file, capture), capture) }
  }
  const messages = digitalMessages(file)
  if (messages !== null) return { kind: 'digital', turns: timeTurns(digitalTurns(messages, capture), capture) }
  return { kind: 'unknown' }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}
