import { participantOf } from './participant-of.ts'
import { isObject, momentOf, textOf, type JsonObject } from './read-json.ts'
import { lengthOf, type CaptureReference, type TurnContent, type UntimedTurn } from './turn-facts.ts'

const LIST_KEYS = ['messages', 'items', 'conversation', 'transcript', 'events', 'data']
const TIME_KEYS = ['timestamp', 'createdTime', 'createdAt', 'sentAt', 'sentTime', 'receivedAt', 'time', 'date']
const TEXT_KEYS = ['text', 'body', 'bodyPlain', 'strippedText', 'content', 'message', 'plainText']
const HTML_KEYS = ['bodyHtml', 'html']
const ID_KEYS = ['id', 'messageId', 'message_id', 'aliasId']
const MARKS = [...TIME_KEYS, ...TEXT_KEYS, ...HTML_KEYS, 'direction', 'email', 'attachments', 'workItemData']

/**
 * The messages of a digital transcript, or null if it is none. The exact JSON is not public (webex-cc-api §4.4), so several
 * near shapes are read: a list, or a list under a key; text and mail fields on the message or under `email`.
 */
export function digitalMessages(file: unknown): JsonObject[] | null {
  const list = Array.isArray(file) ? file : listWithin(file)
  const messages = list?.filter(isObject) ?? []
  return messages.some((message) => MARKS.some((key) => key in message)) ? messages : null
}

/** One Message per message, and a File or Image for each attachment; one id counts once (model §7-21). */
export function digitalTurns(messages: readonly JsonObject[], capture: CaptureReference): UntimedTurn[] {
  const seen = new Set<string>()
  return messages.flatMap((message, index) => {
    const key = textOf(message, ID_KEYS) ?? String(index)
    if (seen.has(key)) return []
    seen.add(key)
    return messageTurns(message, `${capture.captureId}:${key}`)
  })
}

function messageTurns(message: JsonObject, sourceRecordId: string): UntimedTurn[] {
  const content = contentOf(message)
  const attachments = attachmentsOf(message)
  const participant = participantOf(message)
  const timeMs = momentOf(message, TIME_KEYS) ?? momentOf(emailOf(message), TIME_KEYS)
  const rest = { participant, duration_ms: null, confidence: null }
  const files = attachments.map((attachment, index): UntimedTurn => ({
    turn: {
      ...rest,
      source_record_id: `${sourceRecordId}:attachment-${index}`,
      turn_type: isImage(attachment) ? 'Image' : 'File',
      length_chars: null,
    },
    content: { body_text: null, subject: null, headers: null, source: attachment },
    timeMs,
  }))
  const isSilent = content.body_text === null && content.subject === null
  if (isSilent && files.length > 0) return files
  const turn: UntimedTurn = {
    turn: {
      ...rest,
      source_record_id: sourceRecordId,
      turn_type: isSilent ? ('workItemData' in message ? 'Application Action' : 'Unknown') : 'Message',
      length_chars: lengthOf(content.body_text),
    },
    content,
    timeMs,
  }
  return [turn, ...files]
}

function listWithin(file: unknown): unknown[] | undefined {
  if (!isObject(file)) return undefined
  for (const key of LIST_KEYS) {
    const value = file[key]
    if (Array.isArray(value)) return value
    if (isObject(value) && Array.isArray(value['messages'])) return value['messages']
  }
  return undefined
}

function contentOf(message: JsonObject): TurnContent {
  const email = emailOf(message)
  const nested = isObject(message['message'])
    ? message['message']
    : isObject(message['content'])
      ? message['content']
      : {}
  const text = textOf(message, TEXT_KEYS) ?? textOf(nested, TEXT_KEYS) ?? textOf(email, TEXT_KEYS)
  const html = textOf(message, HTML_KEYS) ?? textOf(email, HTML_KEYS)
  return {
    body_text: text ?? (html === null ? null : withoutTags(html)),
    subject: textOf(email, ['subject']) ?? textOf(message, ['subject']),
    headers: headersOf({ ...message, ...email }),
    source: message,
  }
}

function emailOf(message: JsonObject): JsonObject {
  return isObject(message['email']) ? message['email'] : {}
}

/** Who wrote to whom; on a chat message a role may stand in `from`, which is no address. */
function headersOf(fields: JsonObject): Record<string, unknown> | null {
  const names = ['from', 'to', 'cc', 'bcc', 'replyTo'].filter((name) => fields[name] != null)
  const isMail = names.includes('to') || 'subject' in fields
  return isMail && names.length > 0 ? Object.fromEntries(names.map((name) => [name, fields[name]])) : null
}

function attachmentsOf(message: JsonObject): JsonObject[] {
  const listed = message['attachments'] ?? emailOf(message)['attachments']
  return Array.isArray(listed) ? listed.filter(isObject) : []
}

function isImage(attachment: JsonObject): boolean {
  const type = textOf(attachment, ['contentType', 'mimeType', 'mediaType', 'type']) ?? ''
  const name = textOf(attachment, ['fileName', 'filename', 'name', 'url']) ?? ''
  return /^image(\/|$)/i.test(type) || /\.(png|jpe?g|gif|webp|heic|bmp)$/i.test(name)
}

/** Readable text of a mail that has no plain part; not meant to be safe HTML. */
function withoutTags(html: string): string | null {
  const text = html
    .replaceAll(/<(style|script)[\s\S]*?<\/\1>/gi, '')
    .replaceAll(/<(br|\/p|\/div|\/tr)\b[^>]*>/gi, '\n')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim()
  return text === '' ? null : text
}
