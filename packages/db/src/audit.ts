import { sql } from 'kysely'
import type { Database } from './connect.ts'

/** One act of a person. `subject` and `details` hold keys, ids and settings; never a customer's name, number or address, never a secret. */
export interface AuditEntry {
  /** Name of the board's user, or of the account that ran `wxcc`. */
  readonly actor: string
  readonly via: 'cli' | 'board'
  /** Verb and noun: `repair windows`, `add user`. */
  readonly action: string
  /** What it was done to: a source's key, a user, a range, ids. */
  readonly subject: string
  readonly details?: Readonly<Record<string, string | number | boolean | null>>
}

/** Written before the act, so that none goes unnoticed; the table takes no change and no removal. The time is Postgres' own. */
export async function noteAct(db: Database, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('etl.audit_entry')
    .values({
      at: sql<Date>`clock_timestamp()`,
      actor: entry.actor,
      via: entry.via,
      action: entry.action,
      subject: entry.subject,
      details: JSON.stringify(entry.details ?? {}),
    })
    .execute()
}

export interface NotedAct extends Required<AuditEntry> {
  readonly at: Date
}

/** The newest first. */
export async function listActs(db: Database, limit: number): Promise<NotedAct[]> {
  const rows = await db
    .selectFrom('etl.audit_entry')
    .select(['at', 'actor', 'via', 'action', 'subject', 'details'])
    .orderBy('audit_entry_id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    ...row,
    via: row.via as AuditEntry['via'],
    details: row.details as NotedAct['details'],
  }))
}
