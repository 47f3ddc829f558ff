import { createHash } from 'node:crypto'
import { type CarRecord, type CsrRecord, knownText } from './records.ts'

/** Contacts that a task made of itself (a consult to an entry point), as its own steps name them. In order of id. */
export function childTaskIdsOf(taskId: string, cars: readonly CarRecord[]): string[] {
  const ids = new Set<string>()
  for (const car of cars) {
    // Nearly no step names one, and all are asked.
    if (car.childContactId == null) continue
    const id = knownText(car.childContactId)
    if (id !== null && id !== taskId) ids.add(id)
  }
  return ids.size === 0 ? [] : [...ids].sort()
}

/**
 * Digest of the mail thread of a task; null where its transport data name none. What else these data hold is not documented, so nothing but a member
 * named for the thread counts, and it is not kept as it came.
 */
export function threadKeyOf(csr: CsrRecord): string | null {
  if (!/^email$/i.test(csr.channelType ?? '')) return null
  const metadata = membersOf(membersOf(membersOf(csr['channelMetaData'])['email'])['metadata'])
  const thread = knownText(metadata['threadId'])
  return thread === null ? null : createHash('sha256').update(thread).digest('hex')
}

/** An object, or JSON text of one. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'string') return membersOf(parsed(value))
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? null : value
  } catch {
    return null
  }
}
