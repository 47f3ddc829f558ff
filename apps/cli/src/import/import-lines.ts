import type { Database } from '@wxcc/db/connect'
import { ensureMonthsOf } from '@wxcc/db/journey/import'
import { readLine, type Line } from './line.ts'
import { type Batch, type ImportTerms, type Numbered, type RefusedLine, writeBatch } from './write-batch.ts'

export interface ImportReport {
  /** Lines that are stored now, those included that changed nothing. */
  readonly taken: number
  readonly refused: number
}

/** Lines per transaction. */
const BATCH = 500

/**
 * Takes journey-shaped JSON Lines (docs/import.md) into the tables. Every line that can land does; the others are handed to `refuse` in order, with
 * their number and the reason. Repeating a file changes nothing. Empty lines are passed over.
 */
export async function importLines(
  db: Database,
  terms: ImportTerms,
  contents: AsyncIterable<string>,
  refuse: (line: RefusedLine) => Promise<void>,
): Promise<ImportReport> {
  const made = new Set<number>()
  let [lineNo, taken, refused] = [0, 0, 0]
  let batch = newBatch()
  const flush = async () => {
    const lines = batch.read
    const { rejects } = batch
    batch = newBatch()
    await ensureMonthsOf(
      db,
      lines.flatMap((line) => ('line' in line.value ? timesOf(line.value.line) : [])),
      made,
    )
    const all = [...rejects, ...(await write(db, lines, terms))].toSorted((a, b) => a.lineNo - b.lineNo)
    for (const one of all) await refuse(one)
    taken += lines.length + rejects.length - all.length
    refused += all.length
  }
  for await (const content of contents) {
    lineNo += 1
    if (content.trim() === '') continue
    const read = readLine(content)
    // What is taken back and what comes are never in one transaction, so that their order in the file is the order of work.
    if (!('refusal' in read) && isOfOtherKind(batch.read.at(-1), read)) await flush()
    if ('refusal' in read) batch.rejects.push({ lineNo, ...read.refusal })
    else batch.read.push({ lineNo, value: read })
    if (batch.read.length + batch.rejects.length >= BATCH) await flush()
  }
  await flush()
  return { taken, refused }
}

type Read = Exclude<ReturnType<typeof readLine>, { refusal: unknown }>

function newBatch(): { readonly read: Numbered<Read>[]; readonly rejects: RefusedLine[] } {
  return { read: [], rejects: [] }
}

/** One transaction; what Postgres refuses is found by halving, and stands alone. */
async function write(db: Database, lines: readonly Numbered<Read>[], terms: ImportTerms): Promise<RefusedLine[]> {
  if (lines.length === 0) return []
  try {
    return await db.transaction().execute((tx) => writeBatch(tx, toBatch(lines), terms))
  } catch (cause) {
    const code = refusalCodeOf(cause)
    if (code === undefined) throw cause
    if (lines.length === 1) {
      return [{ lineNo: lines[0]!.lineNo, code: 'refused', reason: `Postgres does not take its values (${code})` }]
    }
    const middle = Math.ceil(lines.length / 2)
    const first = await write(db, lines.slice(0, middle), terms)
    return [...first, ...(await write(db, lines.slice(middle), terms))]
  }
}

function isOfOtherKind(last: Numbered<Read> | undefined, read: Read): boolean {
  return last !== undefined && isTakenBack(last.value) !== isTakenBack(read)
}

function isTakenBack(read: Read): boolean {
  return 'tombstone' in read || (read.line.type === 'activity' && read.line.is_deleted === true)
}

/** The last line of a row decides. */
function toBatch(lines: readonly Numbered<Read>[]): Batch {
  const last = new Map<string, Numbered<Read> & { readonly firstLineNo: number }>()
  for (const one of lines) {
    const firstLineNo = last.get(keyOf(one))?.firstLineNo ?? one.lineNo
    last.set(keyOf(one), { ...one, firstLineNo })
  }
  const kept = [...last.values()].toSorted((a, b) => a.lineNo - b.lineNo)
  return {
    lines: kept.flatMap(({ lineNo, firstLineNo, value }) =>
      'line' in value ? [{ lineNo, firstLineNo, value: value.line }] : [],
    ),
    tombstones: kept.flatMap(({ lineNo, value }) => ('tombstone' in value ? [{ lineNo, value: value.tombstone }] : [])),
  }
}

function keyOf({ value }: Numbered<Read>): string {
  const row = 'line' in value ? value.line : value.tombstone
  if (row.type !== 'activity') return `${row.type} ${row.id}`
  return JSON.stringify([row.type, row.agent_id, row.status_id, row.interval_time])
}

function timesOf(line: Line): Date[] {
  if (line.type === 'conversation') return [line.start_time]
  return line.type === 'activity' ? [line.interval_time] : []
}

/** SQLSTATE classes 22 (data exception) and 23 (constraint): repeating the statement is useless. */
function refusalCodeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^2[23]/.test(code) ? code : undefined
}
