/** An attachment that a transcript names. */
export interface NamedAttachment {
  /** Unique within its transcript. */
  readonly id: string
  readonly contentType: string | null
  /** The file itself, where the transcript carries it. */
  readonly bytes: Buffer | null
  /** Where it lies, if the transcript says so; may be anything a sender wrote. */
  readonly url: string | null
}

const LINK_KEYS = ['filePath', 'url', 'downloadUrl', 'href', 'link']
const DATA_KEYS = ['data', 'base64', 'body', 'content']
/** Letters of base64 and base64url only: anything else is text, not a file. */
const BASE64 = /^[\w+/-]+={0,2}$/

type JsonObject = Readonly<Record<string, unknown>>

/**
 * The attachments that a transcript names, wherever a message (or the transcript) has a list of that name. The vendor's form is not public
 * (webex-cc-api §4.4), so near names are read: a link, or the bytes in base64.
 */
export function namedAttachments(transcript: unknown): NamedAttachment[] {
  const found: NamedAttachment[] = []
  const seen = new Set<string>()
  const visit = (value: unknown, path: string): void => {
    if (Array.isArray(value)) return value.forEach((one, at) => visit(one, `${path}.${at}`))
    if (!isObject(value)) return
    for (const [key, member] of Object.entries(value)) {
      if (key !== 'attachments' || !Array.isArray(member)) {
        visit(member, `${path}.${key}`)
        continue
      }
      member.filter(isObject).forEach((attachment, at) => {
        const id = textOf(attachment, ['id', 'attachmentId']) ?? `${path}.${at}`.slice(1)
        if (seen.has(id)) return
        seen.add(id)
        found.push({
          id,
          contentType: textOf(attachment, ['contentType', 'mediatype', 'mimeType']),
          bytes: bytesOf(attachment),
          url: textOf(attachment, LINK_KEYS),
        })
      })
    }
  }
  visit(transcript, '')
  return found
}

/** Only storage that the vendor itself pointed us to is asked: a link in a message may lead anywhere. */
export function isSameStorage(url: string, transcriptUrl: string): boolean {
  const [own, vendors] = [URL.parse(url), URL.parse(transcriptUrl)]
  return own !== null && vendors !== null && own.origin === vendors.origin && own.username === ''
}

function bytesOf(attachment: JsonObject): Buffer | null {
  const data = textOf(attachment, DATA_KEYS)
  return data !== null && BASE64.test(data) ? Buffer.from(data, 'base64') : null
}

function textOf(object: JsonObject, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = object[key]
    if (typeof value === 'string' && value !== '') return value
  }
  return null
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
