import type { CaptureRow } from '@wxcc/db/capture'

/** A file of the vendor's, by its script. */
export interface TrueFile {
  readonly taskId: string
  readonly sizeBytes: number
  readonly sha256: string
}

/** A task as Search tells of it. */
export interface VendorTask {
  readonly id: string
  readonly channelType: string
  readonly status: string
  readonly captureRequested: boolean | null
  readonly recordingCount: number | null
}

export interface MonthFigures {
  /** Ended tasks that ought to have a capture, and those of them without a row for it. */
  readonly tasksExpected: number
  readonly tasksWithoutRow: number
  readonly filesOfVendor: number
  readonly stored: number
  /** Files of the vendor's that are not stored, and stored files that are not the vendor's. */
  readonly missing: number
  readonly foreign: number
  /** Not stored, for a reason that is so; for another one, or still open. */
  readonly absentWithReason: number
  readonly absentWithoutReason: number
  readonly mono: number
  /** One channel, or two, and the finding says otherwise. */
  readonly wrongFindings: number
  readonly consultParts: number
  readonly attachmentsNamed: number
}

/** Nobody has such a file: a fault that passes is no reason. */
const REASONS: ReadonlySet<string | null> = new Set([
  'capture_listing_empty',
  'capture_sample_empty',
  'capture_not_included',
])

/** Compares the rows of a month with what the vendor's script says exists, and with what its records promise. */
export function judgeMonth(
  rows: readonly CaptureRow[],
  files: readonly TrueFile[],
  tasks: readonly VendorTask[],
): MonthFigures {
  const stored = rows.filter((row) => row.state === 'stored')
  const absent = rows.filter((row) => row.state !== 'stored')
  const held = new Set(stored.map(lineOfRow))
  const ofVendor = new Set(files.map(lineOf))
  const rowsOf = Map.groupBy(rows, (row) => row.task_id)
  const expected = tasks.flatMap((task) => expectationOf(task) ?? [])
  const isRight = (row: CaptureRow) => row.state === 'not_available' && REASONS.has(row.reason)
  return {
    tasksExpected: expected.length,
    tasksWithoutRow: expected.filter(
      ({ taskId, kind, count }) => (rowsOf.get(taskId) ?? []).filter((row) => row.kind === kind).length < count,
    ).length,
    filesOfVendor: files.length,
    stored: stored.length,
    missing: files.filter((file) => !held.has(lineOf(file))).length,
    foreign: stored.filter((row) => !ofVendor.has(lineOfRow(row))).length,
    absentWithReason: absent.filter(isRight).length,
    absentWithoutReason: absent.filter((row) => !isRight(row)).length,
    mono: stored.filter((row) => row.audio_channels === 1).length,
    wrongFindings: stored.filter((row) => (row.audio_channels === 1) !== row.findings.includes('mono')).length,
    consultParts: stored.filter((row) => row.call_type === 'consult').length,
    attachmentsNamed: rows.filter((row) => row.kind === 'attachment').length,
  }
}

/** What a task promises, read from its record alone; the mapper's rules have no part in this. */
function expectationOf(
  task: VendorTask,
): { readonly taskId: string; readonly kind: string; readonly count: number } | undefined {
  if (task.status !== 'ended') return undefined
  if (task.channelType !== 'telephony') return { taskId: task.id, kind: 'transcript', count: 1 }
  const counted = task.recordingCount ?? 0
  if (task.captureRequested !== true && counted === 0) return undefined
  return { taskId: task.id, kind: 'recording', count: Math.max(1, counted) }
}

const lineOf = ({ taskId, sizeBytes, sha256 }: TrueFile) => `${taskId} ${sizeBytes} ${sha256}`
const lineOfRow = (row: CaptureRow) => `${row.task_id} ${row.byte_size} ${row.sha256!.toString('hex')}`
export const isTrueFile = (files: readonly TrueFile[]): ((row: CaptureRow) => boolean) => {
  const ofVendor = new Set(files.map(lineOf))
  return (row) => ofVendor.has(lineOfRow(row))
}
