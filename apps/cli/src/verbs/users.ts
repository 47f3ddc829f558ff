import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '@wxcc/db/password'
import { ROLES, type Role, addUser, changeUser, listUsers, removeUser } from '@wxcc/db/board-user'
import { postgresClock } from '@wxcc/db/postgres-clock'
import type { Database } from '@wxcc/db/connect'
import { databaseSettings } from '@wxcc/db/settings'
import { ConfigError, loadConfig } from '@wxcc/runtime/load-config'
import { ReadableError } from '@wxcc/runtime/readable-error'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { noteActHere } from '../note-act.ts'
import { askSecret } from '../secret-prompt.ts'
import { table } from '../table.ts'
import { withDatabase } from '../with-database.ts'

/** `wxcc users`: who may log in to the board with a password. */
export function usersCommand(): Command {
  return new Command('users')
    .description('who may log in to the board with a password, beside the first user of its settings and OIDC')
    .addHelpText(
      'after',
      '\nA viewer looks. An operator also connects organisations, hears recordings and reads the audit; changes jobs only with DASHBOARD_WRITABLE.\nThe password is asked for, or read from BOARD_USER_PASSWORD.',
    )
    .addCommand(new Command('list').description('list them').option('--json', 'print as JSON').action(list))
    .addCommand(named('add', 'let somebody in').addOption(roleOption()).action(add))
    .addCommand(
      named('set-role', 'change what somebody may do; ends the sessions').addOption(roleOption()).action(setRole),
    )
    .addCommand(named('set-password', 'give somebody another password; ends the sessions').action(setPassword))
    .addCommand(named('remove', 'let somebody in no more; ends the sessions').action(remove))
}

function named(verb: string, description: string): Command {
  return new Command(verb).description(description).argument('<name>', 'letters, digits and ._@-, at most 60', userName)
}

function roleOption(): Option {
  return new Option('--role <role>', 'what the user may do').choices(ROLES).makeOptionMandatory()
}

function userName(text: string): string {
  if (/^[A-Za-z0-9._@-]{1,60}$/.test(text)) return text
  throw new ConfigError([{ setting: '<name>', problem: 'must be 1 to 60 letters, digits and ._@-' }])
}

async function list(flags: { readonly json?: boolean }): Promise<void> {
  await onUsers(async (db) => {
    const users = await listUsers(db)
    if (flags.json) return console.log(JSON.stringify(users, null, 2))
    if (users.length === 0) return console.log('Nobody but the user of the settings: wxcc users add --help')
    const rows = users.map((user) => [user.name, user.role, user.createdAt.toISOString()])
    console.log(table(['User', 'Role', 'Since'], rows))
  })
}

async function add(name: string, { role }: { readonly role: Role }): Promise<void> {
  const password = await newPassword()
  await onUsers(async (db) => {
    await noteActHere(db, { action: 'add user', subject: name, details: { role } })
    const isNew = await addUser(db, { name, role, password, nowMs: await postgresClock(db)() })
    if (!isNew) throw new ReadableError('there is a user of that name already')
    console.log(`${name} may log in as ${role}`)
  })
}

async function setRole(name: string, { role }: { readonly role: Role }): Promise<void> {
  await onUsers(async (db) => {
    await noteActHere(db, { action: 'set role', subject: name, details: { role } })
    known(await changeUser(db, name, { role }))
    console.log(`${name} is ${role} from the next log-in on`)
  })
}

async function setPassword(name: string): Promise<void> {
  const password = await newPassword()
  await onUsers(async (db) => {
    await noteActHere(db, { action: 'set password', subject: name })
    known(await changeUser(db, name, { password }))
    console.log(`${name} logs in with the new password`)
  })
}

async function remove(name: string): Promise<void> {
  await onUsers(async (db) => {
    await noteActHere(db, { action: 'remove user', subject: name })
    known(await removeUser(db, name))
    console.log(`${name} may log in no more`)
  })
}

function known(isKnown: boolean): void {
  if (!isKnown) throw new ReadableError('there is no user of that name')
}

/** Never an argument: those are visible to others. Without a terminal it must be set. */
async function newPassword(): Promise<string> {
  const settings = { BOARD_USER_PASSWORD: process.stdin.isTTY ? z.string().optional() : z.string() }
  const set = loadConfig(settings, process.env).BOARD_USER_PASSWORD
  const password = set ?? (await askSecret('Password'))
  if (password.length < MIN_PASSWORD_LENGTH || password.length > MAX_PASSWORD_LENGTH)
    throw new ConfigError([
      { setting: 'The password', problem: `must have ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters` },
    ])
  if (set === undefined && (await askSecret('Again')) !== password)
    throw new ConfigError([{ setting: 'The password', problem: 'was typed differently the second time' }])
  return password
}

async function onUsers(work: (db: Database) => Promise<void>): Promise<void> {
  await withDatabase(loadConfig(databaseSettings, process.env).DATABASE_URL, work)
}
