import { participantOfRole } from './participant-of.ts'
import { isObject, numberOf, readMoment, textOf, type JsonObject } from './read-json.ts'
import { lengthOf, type CaptureReference, type UntimedTurn } from './turn-facts.ts'

/**
 * Legacy voice transcript: `responseContents[].recognitionResult`, its words timed from the start of the call
 * (webex-cc-api §4.4). Rows may be grouped by role; the words' times restore the order.
 */
export function legacyVoiceTurns(file: JsonObject, capture: CaptureReference): UntimedTurn[] {
  const contents = Array.isArray(file['responseContents']) ? file['responseContents'] : []
  return contents.flatMap((row: unknown, index): UntimedTurn[] => {
    const result = isObject(row) && isObject(row['recognitionResult']) ? row['recognitionResult'] : null
    const alternatives: unknown[] =
      result !== null && Array.isArray(result['alternatives']) ? result['alternatives'] : []
    const best = alternatives.find(isObject)
    if (result === null || best === undefined) return []
    const text = textOf(best, ['transcript'])
    if (text === null) return []
    const words: JsonObject[] = Array.isArray(best['words']) ? best['words'].filter(isObject) : []
    const from = offsetOf(words[0]?.['start_time'])
    const to = offsetOf(words.at(-1)?.['end_time'])
    return [
      {
        turn: {
          ...talk(`${capture.captureId}:${index}`, text),
          participant: participantOfRole(textOf(result, ['role']) ?? ''),
          duration_ms: from === null || to === null || to < from ? null : to - from,
          confidence: numberOf(best['confidence']),
        },
        content: { body_text: text, subject: null, headers: null, source: row },
        timeMs: from === null || capture.startMs === null ? null : capture.startMs + from,
      },
    ]
  })
}

/** vCon (IETF draft): `parties[]` and `dialog[]`. The first party of a dialog, or its originator, is who speaks. */
export function vconTurns(file: JsonObject, capture: CaptureReference): UntimedTurn[] {
  const parties: unknown[] = Array.isArray(file['parties']) ? file['parties'] : []
  const dialog: unknown[] = Array.isArray(file['dialog']) ? file['dialog'] : []
  return dialog.flatMap((entry, index): UntimedTurn[] => {
    if (!isObject(entry)) return []
    const text = bodyOf(entry)
    if (text === null) return []
    const seconds = numberOf(entry['duration'])
    return [
      {
        turn: {
          ...talk(`${capture.captureId}:${textOf(entry, ['id', 'message_id', 'uuid']) ?? index}`, text),
          participant: speakerOf(entry, parties),
          duration_ms: seconds === null || seconds < 0 ? null : Math.round(seconds * 1000),
          confidence: numberOf(entry['confidence']),
        },
        content: { body_text: text, subject: null, headers: null, source: entry },
        timeMs: readMoment(entry['start']),
      },
    ]
  })
}

function talk(sourceRecordId: string, text: string) {
  return { source_record_id: sourceRecordId, turn_type: 'Talk' as const, length_chars: lengthOf(text) }
}

/** `{seconds, nanos}`, as the speech service writes it; also plain seconds, or `"3.2s"`. In ms. */
function offsetOf(value: unknown): number | null {
  if (isObject(value)) {
    const seconds = numberOf(value['seconds']) ?? 0
    const nanos = numberOf(value['nanos']) ?? 0
    return Math.round(seconds * 1000 + nanos / 1e6)
  }
  const seconds = numberOf(typeof value === 'string' ? value.replace(/s$/, '') : value)
  return seconds === null ? null : Math.round(seconds * 1000)
}

function bodyOf(entry: JsonObject): string | null {
  const type = textOf(entry, ['type'])
  if (type !== null && !/^(text|transcript|talk)$/i.test(type)) return null
  const body = textOf(entry, ['body', 'text', 'transcript'])
  if (body !== null && textOf(entry, ['encoding']) === 'base64url')
    return Buffer.from(body, 'base64url').toString('utf8')
  return body
}

function speakerOf(entry: JsonObject, parties: readonly unknown[]) {
  const listed = Array.isArray(entry['parties']) ? entry['parties'].flat()[0] : entry['parties']
  const index = numberOf(entry['originator']) ?? numberOf(listed)
  const party = index === null ? undefined : parties[index]
  return isObject(party) ? participantOfRole(textOf(party, ['role', 'type', 'name']) ?? '') : ('Unknown' as const)
}
