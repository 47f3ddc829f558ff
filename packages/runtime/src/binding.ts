import { ConnectionError } from './connecting.ts'

/** Node's codes for what cannot be listened on: which of the two settings is wrong, and how. */
const PROBLEMS: Readonly<Record<string, readonly ['PORT' | 'HOST', string]>> = {
  EADDRINUSE: ['PORT', 'another program listens on this port'],
  EACCES: ['PORT', 'this user may not listen on this port'],
  EADDRNOTAVAIL: ['HOST', 'this machine has no such address'],
  ENOTFOUND: ['HOST', 'this host is unknown'],
  EAI_AGAIN: ['HOST', 'this host could not be looked up'],
}

/** Runs what listens at `<settings>_HOST` and `<settings>_PORT`; an address that cannot be had becomes a `ConnectionError` that names the setting. */
export async function binding<T>(settings: string, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen()
  } catch (error) {
    const code = error instanceof Error ? (error as { code?: unknown }).code : undefined
    const problem = typeof code === 'string' ? PROBLEMS[code] : undefined
    if (problem === undefined) throw error
    throw new ConnectionError(`${settings}_${problem[0]}`, problem[1], error)
  }
}
