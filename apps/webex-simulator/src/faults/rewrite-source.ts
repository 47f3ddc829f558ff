import type { SeenSource } from '../seen-world.ts'
import type { Json, RecordOf, SeenRecord } from '../world.ts'
import { draw } from './draw.ts'
import type { FaultOf } from './fault.ts'

/** An edit may come long after a record has settled; searches by other times look back this far for it. */
const EDITED_WITHIN_MS = 40 * 24 * 60 * 60_000

/**
 * The same records, with some that show late and some that the vendor has changed: here lists and counts agree with each other, as they do of whatever
 * really happened.
 */
export function rewriteSource(
  source: SeenSource,
  late: FaultOf<'lateRecords'> | undefined,
  edited: FaultOf<'editRecords'> | undefined,
  nowMs: number,
): SeenSource {
  const edits = new Map((edited?.edits ?? []).map((edit) => [edit.id, edit]))
  // What earlier pages found depends on what was told, and on the moment.
  const name = draw('rewritten', nowMs, JSON.stringify([late?.showsAtMs, edited?.edits]))
  const seen = (row: SeenRecord): SeenRecord | undefined => {
    if ((late?.showsAtMs[row.id] ?? 0) > nowMs) return undefined
    const edit = edits.get(row.id)
    if (edit === undefined || edit.atMs > nowMs) return row
    return { id: row.id, time: row.time, record: () => changed(row.record(), edit) }
  }
  return {
    asOfMs: source.asOfMs,
    settlesWithinMs: edits.size === 0 ? source.settlesWithinMs : Math.max(source.settlesWithinMs, EDITED_WITHIN_MS),
    momentName: (toMs) => `${source.momentName(toMs)}/${name}`,
    *scan(span, order) {
      for (const chunk of source.scan(span, order)) yield chunk.flatMap((row) => seen(row) ?? [])
    },
    find(id) {
      const row = source.find(id)
      return row && seen(row)
    },
  }
}

function changed(record: RecordOf, edit: FaultOf<'editRecords'>['edits'][number]): RecordOf {
  const added = Object.entries(edit.add).map(([name, by]): [string, Json] => [name, Number(record[name] ?? 0) + by])
  return { ...record, ...edit.set, ...Object.fromEntries(added) }
}
