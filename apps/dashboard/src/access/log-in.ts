import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '@wxcc/contracts/clock'
import { noteAct } from '@wxcc/db/audit'
import { type Person, SESSION_MS, closeSession, openSession } from '@wxcc/db/board-session'
import { roleOfLogIn } from '@wxcc/db/board-user'
import type { Database } from '@wxcc/db/connect'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Cookies, readCookie } from './cookie.ts'
import { createFailedLogIns, networkOf } from './failed-log-ins.ts'
import { renderLogIn } from './log-in-page.ts'

/** The first user, of the settings: always an operator. */
export interface SettingsUser {
  readonly user: string
  readonly password: string
}

export interface LogInParts {
  readonly db: Database
  /** Time as people have it; a simulated day must not log anybody out. */
  readonly now: Clock
  readonly cookies: Cookies
  readonly settingsUser: SettingsUser | undefined
  readonly hasOidc: boolean
}

// 10 wrong tries a minute: slow for a guesser (14,400 a day), unnoticed by a person.
const TRIES_PER_NETWORK = 10
// Of one name from wherever; so many that nobody is locked out by one prankster.
const TRIES_PER_NAME = 50

const logInBody = {
  type: 'object',
  properties: {
    user: { type: 'string', maxLength: 60 },
    password: { type: 'string', maxLength: 200 },
    next: { type: 'string', maxLength: 2000 },
  },
  required: ['user', 'password'],
} as const

/** `GET` and `POST /log-in`: the only door for passwords. A session begins with a new id, whatever the browser brought. */
export function registerLogIn(server: FastifyInstance, parts: LogInParts): void {
  const { db, settingsUser, hasOidc } = parts
  const networks = createFailedLogIns(() => performance.now(), TRIES_PER_NETWORK)
  const names = createFailedLogIns(() => performance.now(), TRIES_PER_NAME)
  const show = (reply: FastifyReply, status: number, next: string | undefined, trouble?: string) =>
    reply
      .status(status)
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(renderLogIn({ next: ownPath(next), hasOidc, ...(trouble === undefined ? {} : { trouble }) }))

  server.get<{ Querystring: { next?: string } }>('/log-in', (request, reply) => show(reply, 200, request.query.next))

  server.post<{ Body: { user: string; password: string; next?: string } }>(
    '/log-in',
    { schema: { body: logInBody }, bodyLimit: 4_096 },
    async (request, reply) => {
      const { user, password, next } = request.body
      const network = networkOf(request.ip)
      const waitMs = Math.max(networks.waitMs(network), names.waitMs(user))
      if (waitMs > 0) {
        void reply.header('retry-after', Math.ceil(waitMs / 1000))
        return show(reply, 429, next, 'Too many wrong log-ins; wait a minute.')
      }
      networks.note(network)
      names.note(user)
      const person = await whoIs(db, settingsUser, user, password)
      if (person === undefined) return show(reply, 401, next, 'Wrong user or password.')
      networks.forget(network)
      names.forget(user)
      return beginSession(parts, request, reply, person, next)
    },
  )
}

/** `POST /log-out`, behind the guard. */
export function registerLogOut(scope: FastifyInstance, { db, cookies }: Pick<LogInParts, 'db' | 'cookies'>): void {
  scope.post('/log-out', async (request, reply) => {
    await closeSession(db, readCookie(request.headers.cookie, cookies.session)!)
    return reply.header('set-cookie', cookies.set(cookies.session, '', 0)).redirect('/log-in', 303)
  })
}

/** A new session in place of the one the browser had, noted, and back to where the person wanted to go. */
export async function beginSession(
  { db, now, cookies }: Pick<LogInParts, 'db' | 'now' | 'cookies'>,
  request: FastifyRequest,
  reply: FastifyReply,
  person: Person,
  next: string | undefined,
): Promise<FastifyReply> {
  const former = readCookie(request.headers.cookie, cookies.session)
  if (former !== undefined) await closeSession(db, former)
  await noteAct(db, {
    actor: person.name,
    via: 'board',
    action: 'log in',
    subject: person.role,
    details: { method: person.method },
  })
  const token = await openSession(db, person, await now())
  return reply
    .header('set-cookie', cookies.set(cookies.session, token, SESSION_MS / 1000))
    .header('cache-control', 'no-store')
    .redirect(ownPath(next), 303)
}

async function whoIs(
  db: Database,
  settingsUser: SettingsUser | undefined,
  user: string,
  password: string,
): Promise<Person | undefined> {
  if (settingsUser !== undefined && matches(settingsUser, user, password))
    return { name: user, role: 'operator', method: 'settings' }
  const role = await roleOfLogIn(db, user, password)
  return role === undefined ? undefined : { name: user, role, method: 'password' }
}

/** Compares digests, and always both, so that the time taken says nothing about which part was wrong or how long it is. */
function matches(settingsUser: SettingsUser, user: string, password: string): boolean {
  const isUser = timingSafeEqual(digest(settingsUser.user), digest(user))
  const isPassword = timingSafeEqual(digest(settingsUser.password), digest(password))
  return isUser && isPassword
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** A path of this board; anything that could lead elsewhere (`//host`, `/\host`) leads home. */
export function ownPath(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(next) && !next.includes('\\') ? next : '/'
}
