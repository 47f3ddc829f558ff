import { readErasedOf, saveErasedTasks } from '@wxcc/db/erased'
import type { ImportedSource } from '@wxcc/db/imported-source'
import type { DB } from '@wxcc/db/schema'
import type { Transaction } from 'kysely'
import { contactOf } from './fact-rows.ts'
import type { LineOf } from './line.ts'

type Conversation = LineOf<'conversation'>

/** The conversations, those of erased customers with the marker instead of the address; remembered, so that nothing said in them is kept. */
export async function withoutErased<Line extends { readonly value: Conversation }>(
  tx: Transaction<DB>,
  lines: readonly Line[],
  terms: { readonly source: ImportedSource; readonly contactKey: Uint8Array },
): Promise<Line[]> {
  const idOf = (line: Line) => contactOf(line.value, terms)?.contactId
  const erased = await readErasedOf(tx, [...new Set(lines.flatMap((line) => idOf(line) ?? []))])
  if (erased.size === 0) return [...lines]
  const redacted = lines.map((line) => {
    const found = erased.get(idOf(line) ?? '')
    return found === undefined ? line : { ...line, value: { ...line.value, contact: { value: found.marker } } }
  })
  const theirs = redacted.filter((line, index) => line !== lines[index])
  await saveErasedTasks(
    tx,
    terms.source.dataSourceId,
    theirs.map(({ value }) => ({
      taskId: value.id,
      marker: value.contact!.value,
      createdMs: value.start_time.getTime(),
      lastActivityMs: (value.end_time ?? value.start_time).getTime(),
    })),
  )
  return redacted
}
