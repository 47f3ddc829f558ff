import type { CaptureEntry, CaptureFile, RecordOf, World } from '../world.ts'

export type CaptureKind = 'recording' | 'transcription' | 'screenRecordings'

interface Listed {
  readonly item: RecordOf
  readonly file: CaptureFile
  readonly position: number
}

/** Path of a file behind a link: it names the capture itself, since its place in the list depends on what was asked for. */
export function capturePath(orgId: string, taskId: string, kind: CaptureKind, listed: Listed): string {
  const parts = [orgId, taskId, kind, keyOf(listed), listed.file.fileName]
  return `/_files/${parts.map(encodeURIComponent).join('/')}`
}

/** Recorded worlds may have captures without ids. */
function keyOf({ item, position }: Omit<Listed, 'file'>): string {
  return typeof item['id'] === 'string' && item['id'] !== '' ? item['id'] : `at-${position}`
}

interface Sought {
  readonly taskId: string
  readonly kind: string
  readonly key: string
  readonly fileName: string
}

/** The file of a path, whichever wishes it was listed under. */
export function findCaptureFile(world: World, sought: Sought, asOfMs: number): CaptureFile | undefined {
  const all = { virtualAgent: true, screens: true, allDigitalVersions: true, openTasks: true }
  for (const segments of [false, true]) {
    const entry = world.captures(sought.taskId, asOfMs, { ...all, segments })
    const found = listOf(entry, sought.kind).find(
      ({ item, file }, position) => file.fileName === sought.fileName && keyOf({ item, position }) === sought.key,
    )
    if (found !== undefined) return found.file
  }
  return undefined
}

function listOf(entry: CaptureEntry | undefined, kind: string) {
  switch (kind) {
    case 'recording':
    case 'transcription':
    case 'screenRecordings':
      return entry?.[kind] ?? []
    default:
      return []
  }
}
