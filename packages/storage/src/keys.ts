/**
 * One function per kind of key. Keys sort by origin and UTC day; whoever needs an object later carries its key, no key is ever taken apart.
 */

/** `raw/<source>/<stream>/<yyyy>/<mm>/<dd>/<fetchId>-g<generation>/<kind>-p0001.json.gz`. The generation keeps a late zombie from overwriting. */
export function rawPageKey(page: {
  readonly sourceKey: string
  readonly stream: string
  /** Start of the fetch's range, epoch ms. */
  readonly fromMs: number
  readonly fetchId: number
  readonly generation: number
  readonly recordKind: string
  readonly pageNo: number
}): string {
  const file = `${page.recordKind}-p${String(page.pageNo).padStart(4, '0')}.json.gz`
  return `raw/${page.sourceKey}/${page.stream}/${dayOf(page.fromMs)}/${page.fetchId}-g${page.generation}/${file}`
}

/** A page that was rewritten without a person: beside the one it replaces, named by its own hash, so that nothing is ever overwritten. */
export function redactedPageKey(pageKey: string, sha256: Uint8Array): string {
  return `${pageKey.replace(/\.r[0-9a-f]{16}$/, '')}.r${Buffer.from(sha256).toString('hex').slice(0, 16)}`
}

interface CaptureKey {
  readonly sourceKey: string
  /** Start of the conversation, epoch ms. */
  readonly conversationStartMs: number
  readonly taskId: string
  /** The vendor's id of the capture. */
  readonly captureId: string
}

/** Named by the vendor's ids, so a second download replaces the same object. */
export function recordingKey(capture: CaptureKey): string {
  return captureKey('recording', capture, 'wav')
}

export function transcriptKey(capture: CaptureKey): string {
  return captureKey('transcript', capture, 'json')
}

/** Named by transcript and attachment; what it is stands in its content type, since names of files are a person's words. */
export function attachmentKey(capture: CaptureKey): string {
  return captureKey('attachment', capture, 'bin')
}

/** What every key of a task's files begins with. */
export function capturePrefixes(task: Omit<CaptureKey, 'captureId'>): string[] {
  return ['recording', 'transcript', 'attachment'].map((kind) => `${kind}/${folderOf(task)}/`)
}

function captureKey(kind: string, { captureId, ...task }: CaptureKey, extension: string): string {
  return `${kind}/${folderOf(task)}/${part(captureId)}.${extension}`
}

function folderOf({ sourceKey, conversationStartMs, taskId }: Omit<CaptureKey, 'captureId'>): string {
  return `${sourceKey}/${dayOf(conversationStartMs)}/${part(taskId)}`
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10).replaceAll('-', '/')
}

/** Vendor ids are UUIDs in general, but legacy ones hold other characters; what a key cannot hold is written as its code. */
function part(id: string): string {
  return id.replaceAll(/[^\w-]/g, (character) => `=${character.codePointAt(0)!.toString(16)}=`)
}
