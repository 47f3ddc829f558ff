import os from 'node:os'
import { type AuditEntry, noteAct } from '@wxcc/db/audit'
import type { Database } from '@wxcc/db/connect'

/** Notes what whoever runs this command is about to do; `subject` and `details` as `noteAct` wants them. */
export async function noteActHere(
  db: Database,
  act: Pick<AuditEntry, 'action' | 'subject' | 'details'>,
): Promise<void> {
  await noteAct(db, { ...act, actor: accountName(), via: 'cli' })
}

/** The account's name, or its number where it has none (containers). */
function accountName(): string {
  try {
    return os.userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
