/** A server that a setting names could not be reached, or refused us. The message names the setting and nothing of its value. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  readonly setting: string

  constructor(setting: string, problem: string, cause: unknown) {
    super(`${setting}: ${problem}`, { cause })
    this.setting = setting
  }
}

/** Node's system codes, Postgres' SQLSTATE and Redis' error words, in the words of whoever has to repair the setting. */
const PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at this address',
  ENOTFOUND: 'this host is unknown',
  EAI_AGAIN: 'this host could not be looked up',
  EHOSTUNREACH: 'this host cannot be reached',
  ETIMEDOUT: 'the server did not answer in time',
  ECONNRESET: 'the server broke the connection',
  ERR_INVALID_URL: 'this is not an address',
  '28P01': 'the server refused this user or password',
  '28000': 'the server refused this user',
  '3D000': 'this database does not exist',
  '53300': 'the server has no connections left',
  '57P03': 'the server is starting up or shutting down',
  WRONGPASS: 'the server refused this user or password',
  NOAUTH: 'the server wants a password',
}

/** Runs what opens a connection; turns the usual failures into a `ConnectionError` that names the setting, and lets the rest pass. */
export async function connecting<T>(setting: string, connect: () => T | Promise<T>): Promise<T> {
  try {
    return await connect()
  } catch (error) {
    const problem = problemOf(error)
    if (problem === undefined) throw error
    throw new ConnectionError(setting, problem, error)
  }
}

function problemOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const code = (error as { code?: unknown }).code
  if (typeof code === 'string' && PROBLEMS[code] !== undefined) return PROBLEMS[code]
  // A Redis error's code is the first word of its message, by protocol.
  if (error.name === 'ReplyError') return PROBLEMS[error.message.split(' ', 1)[0]!]
  if (error instanceof AggregateError) return error.errors.map(problemOf).find((problem) => problem !== undefined)
  return problemOf(error.cause)
}
