import { ReadableError } from './readable-error.ts'

/** A server or folder that a setting names could not be reached, or refused us. The message names the setting and nothing of its value. */
export class ConnectionError extends ReadableError {
  override readonly name = 'ConnectionError'
  readonly setting: string

  constructor(setting: string, problem: string, cause: unknown) {
    super(`${setting}: ${problem}`, { cause })
    this.setting = setting
  }
}

const NO_ANSWER = 'the server did not answer in time'
const BROKEN = 'the server broke the connection; is it the right kind of server?'
const NO_SCHEMA = 'the schema in this database is missing or older than this program; run: wxcc migrate'

/** Node's system codes, Postgres' SQLSTATE, Redis' error words and codes of ours, in the words of whoever has to repair the setting. */
const PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at this address',
  ENOTFOUND: 'this host is unknown',
  EAI_AGAIN: 'this host could not be looked up',
  EHOSTUNREACH: 'this host cannot be reached',
  ENETUNREACH: 'this host cannot be reached',
  ETIMEDOUT: NO_ANSWER,
  UND_ERR_CONNECT_TIMEOUT: NO_ANSWER,
  ECONNRESET: BROKEN,
  EPIPE: BROKEN,
  UND_ERR_SOCKET: BROKEN,
  ERR_INVALID_URL: 'this is not an address',
  ERR_INVALID_FILE_URL_HOST: 'must be a file:/// address, which names no host',
  ERR_INVALID_FILE_URL_PATH: 'must be a file:/// address of a folder',
  ENOENT: 'this folder does not exist',
  ENOTDIR: 'this is not a folder',
  EEXIST: 'this is not a folder',
  EACCES: 'this user has no access to it',
  EROFS: 'it cannot be written to',
  '28P01': 'the server refused this user or password',
  '28000': 'the server refused this user',
  '3D000': 'this database does not exist',
  '42501': 'this user lacks rights in the database',
  '42P01': NO_SCHEMA,
  '42703': NO_SCHEMA,
  '3F000': NO_SCHEMA,
  schema_behind: NO_SCHEMA,
  '53300': 'the server has no connections left',
  '57P03': 'the server is starting up or shutting down',
  WRONGPASS: 'the server refused this user or password',
  NOAUTH: 'the server wants a password',
  NOPERM: 'this user lacks rights on the server',
  key_mismatch: 'stored credentials were sealed with another key; use that one, or connect their sources again',
  storage_unavailable: 'the object store could not be reached, or refused us',
}

/** The libraries say these without a code: pg-pool and pg (connect.ts gives them 30 s), ioredis. */
const PROBLEMS_BY_MESSAGE: Readonly<Record<string, string>> = {
  'timeout exceeded when trying to connect': NO_ANSWER,
  'Connection terminated due to connection timeout': NO_ANSWER,
  'Connection terminated unexpectedly': BROKEN,
  'Connection is closed.': BROKEN,
  'connect ETIMEDOUT': NO_ANSWER,
}

/** Runs what opens a connection; turns the usual failures into a `ConnectionError` that names the setting, and lets the rest pass. */
export async function connecting<T>(setting: string, connect: () => T | Promise<T>): Promise<T> {
  try {
    return await connect()
  } catch (error) {
    const problem = error instanceof ReadableError ? undefined : problemOf(error)
    if (problem === undefined) throw error
    throw new ConnectionError(setting, problem, error)
  }
}

/** What is wrong with a connection, without any of its values; undefined if this is not about a connection. */
export function problemOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const code = (error as { code?: unknown }).code
  if (typeof code === 'string' && PROBLEMS[code] !== undefined) return PROBLEMS[code]
  // A Redis error's code is the first word of its message, by protocol.
  if (error.name === 'ReplyError') return PROBLEMS[error.message.split(' ', 1)[0]!]
  if (error.name === 'TimeoutError') return NO_ANSWER
  const said = PROBLEMS_BY_MESSAGE[error.message]
  if (said !== undefined) return said
  if (error instanceof AggregateError) return error.errors.map(problemOf).find((problem) => problem !== undefined)
  return problemOf(error.cause)
}
