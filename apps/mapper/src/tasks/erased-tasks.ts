import { isErasedAddress } from '@wxcc/contacts/contact'
import { type ErasedContact, readErasedOf, saveErasedTasks } from '@wxcc/db/erased'
import type { DB } from '@wxcc/db/schema'
import { markerOf } from '@wxcc/erasure/marker-of'
import { isObject, redactTask } from '@wxcc/erasure/redact-task'
import type { Transaction } from 'kysely'
import { lastActivityOf, type TaskCopy } from '../pages/task-assembler.ts'
import type { CarRecord, CsrRecord } from '../rules/records.ts'
import type { DerivedTask, DeriveTerms } from './derive-task.ts'

/**
 * The tasks, those of erased customers derived once more without them. Pages lose their people before they are mapped; this is for who was erased
 * since. The caller holds the source's lock.
 */
export async function withoutErased(
  tx: Transaction<DB>,
  tasks: readonly DerivedTask[],
  terms: Pick<DeriveTerms, 'contactKey' | 'source'>,
  derive: (copy: TaskCopy) => DerivedTask,
): Promise<DerivedTask[]> {
  const ids = new Set(tasks.flatMap((task) => task.contact?.contactId ?? []))
  const erased = await readErasedOf(tx, [...ids])
  if (erased.size === 0) return [...tasks]
  const isErased = ({ contact }: DerivedTask) => contact !== null && erased.has(contact.contactId)
  return tasks.map((task) => (isErased(task) ? derive(redactCopy(task.copy, erased, terms)) : task))
}

/** Remembered, so that no file of theirs is ever asked for. */
export async function noteErasedTasks(
  tx: Transaction<DB>,
  dataSourceId: number,
  tasks: readonly DerivedTask[],
): Promise<void> {
  await saveErasedTasks(
    tx,
    dataSourceId,
    tasks.filter(isOfErased).map((task) => ({
      taskId: task.copy.taskId,
      marker: task.contact!.normalizedValue,
      createdMs: task.conversation.conversation_start_time_ms,
      lastActivityMs: lastActivityOf(task.copy.csr),
    })),
  )
}

export function isOfErased({ contact }: DerivedTask): boolean {
  return contact !== null && isErasedAddress(contact.normalizedValue)
}

function redactCopy(
  copy: TaskCopy,
  erased: ReadonlyMap<string, ErasedContact>,
  terms: Pick<DeriveTerms, 'contactKey' | 'source'>,
): TaskCopy {
  const { contactKey, source } = terms
  const whole = { ...copy.csr, activities: { nodes: copy.cars } }
  const redacted = redactTask(whole, markerOf(erased, { contactKey, defaultCountry: source.defaultCountry }))
  const { activities, ...csr } = redacted
  const cars = isObject(activities) ? (activities['nodes'] as readonly CarRecord[]) : copy.cars
  return { ...copy, csr: csr as CsrRecord, cars }
}
