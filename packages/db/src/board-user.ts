import type { Database } from './connect.ts'
import { hashPassword, isPassword } from './password.ts'

/** A viewer looks; an operator also connects organisations, hears recordings, reads the audit and, where allowed, changes jobs. */
export const ROLES = ['viewer', 'operator'] as const
export type Role = (typeof ROLES)[number]

export interface BoardUser {
  readonly name: string
  readonly role: Role
  readonly createdAt: Date
}

export async function listUsers(db: Database): Promise<BoardUser[]> {
  const rows = await db
    .selectFrom('etl.board_user')
    .select(['user_name as name', 'role', 'created_at as createdAt'])
    .orderBy('user_name')
    .execute()
  return rows.map((row) => ({ ...row, role: roleOf(row.role) }))
}

/** False when there is one of this name already. */
export async function addUser(
  db: Database,
  user: { readonly name: string; readonly role: Role; readonly password: string; readonly nowMs: number },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('etl.board_user')
    .values({
      user_name: user.name,
      role: user.role,
      password_hash: await hashPassword(user.password),
      created_at: new Date(user.nowMs),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** Changes role or password and ends the user's sessions. False when there is nobody of this name. */
export async function changeUser(
  db: Database,
  name: string,
  change: { readonly role: Role } | { readonly password: string },
): Promise<boolean> {
  const set = 'role' in change ? { role: change.role } : { password_hash: await hashPassword(change.password) }
  const { numUpdatedRows } = await db
    .updateTable('etl.board_user')
    .set(set)
    .where('user_name', '=', name)
    .executeTakeFirstOrThrow()
  await endSessionsOf(db, name)
  return numUpdatedRows === 1n
}

/** Removes a user and ends the sessions. False when there is nobody of this name. */
export async function removeUser(db: Database, name: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('etl.board_user')
    .where('user_name', '=', name)
    .executeTakeFirstOrThrow()
  await endSessionsOf(db, name)
  return numDeletedRows === 1n
}

/** The role of whoever has this name and password; undefined for anybody else, after the same time. */
export async function roleOfLogIn(db: Database, name: string, password: string): Promise<Role | undefined> {
  const known = await db
    .selectFrom('etl.board_user')
    .select(['role', 'password_hash'])
    .where('user_name', '=', name)
    .executeTakeFirst()
  return (await isPassword(password, known?.password_hash)) ? roleOf(known!.role) : undefined
}

async function endSessionsOf(db: Database, name: string): Promise<void> {
  await db.deleteFrom('etl.board_session').where('user_name', '=', name).where('method', '=', 'password').execute()
}

/** The table's check allows no other. */
export function roleOf(text: string): Role {
  return text as Role
}
