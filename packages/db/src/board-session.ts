import { createHash, randomBytes } from 'node:crypto'
import { type Role, roleOf } from './board-user.ts'
import type { Database } from './connect.ts'

export type LogInMethod = 'settings' | 'password' | 'oidc'

/** Who is at the browser. */
export interface Person {
  readonly name: string
  readonly role: Role
  readonly method: LogInMethod
}

/** A working day; nothing shorter would serve a screen on the wall, nothing longer somebody who left. */
export const SESSION_MS = 12 * 60 * 60_000

/** A new session; the answer is what the browser keeps. Only its hash is stored. Sessions that ended are swept on the way. */
export async function openSession(db: Database, person: Person, nowMs: number): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await db.deleteFrom('etl.board_session').where('expires_at', '<=', new Date(nowMs)).execute()
  await db
    .insertInto('etl.board_session')
    .values({
      session_hash: hashOf(token),
      user_name: person.name,
      role: person.role,
      method: person.method,
      created_at: new Date(nowMs),
      expires_at: new Date(nowMs + SESSION_MS),
    })
    .execute()
  return token
}

/** Undefined when it ended or never was. */
export async function findSession(db: Database, token: string, nowMs: number): Promise<Person | undefined> {
  const row = await db
    .selectFrom('etl.board_session')
    .select(['user_name', 'role', 'method'])
    .where('session_hash', '=', hashOf(token))
    .where('expires_at', '>', new Date(nowMs))
    .executeTakeFirst()
  if (row === undefined) return undefined
  return { name: row.user_name, role: roleOf(row.role), method: row.method as LogInMethod }
}

export async function closeSession(db: Database, token: string): Promise<void> {
  await db.deleteFrom('etl.board_session').where('session_hash', '=', hashOf(token)).execute()
}

/** Those of the settings' user end with every start of the board: its password may be another one now. */
export async function endSettingsSessions(db: Database): Promise<void> {
  await db.deleteFrom('etl.board_session').where('method', '=', 'settings').execute()
}

/** Keeps what a session began at the vendor, sealed; one at a time, the last one counts. */
export async function keepConsent(db: Database, token: string, sealed: Buffer): Promise<void> {
  await db
    .updateTable('etl.board_session')
    .set({ consent_sealed: sealed })
    .where('session_hash', '=', hashOf(token))
    .execute()
}

/** Takes it out again, once. */
export async function takeConsent(db: Database, token: string): Promise<Buffer | null> {
  const row = await db.transaction().execute(async (tx) => {
    const held = await tx
      .selectFrom('etl.board_session')
      .select('consent_sealed')
      .where('session_hash', '=', hashOf(token))
      .forUpdate()
      .executeTakeFirst()
    await tx
      .updateTable('etl.board_session')
      .set({ consent_sealed: null })
      .where('session_hash', '=', hashOf(token))
      .execute()
    return held
  })
  return row?.consent_sealed ?? null
}

/** A token has 256 random bits, so a plain hash cannot be turned round. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
