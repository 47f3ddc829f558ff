import path from 'node:path'
import { type Child, ChildNotStarted, startChild } from './child.ts'
import { freePort } from './free-port.ts'

export type ServerOrder =
  | { readonly server: 'postgres'; readonly port: number; readonly dataDir: string; readonly isTemporary: boolean }
  | {
      readonly server: 'redis'
      readonly port: number
      readonly dataDir: string
      readonly isTemporary: boolean
      readonly binary: string
    }
  | { readonly server: 'npm-redis'; readonly port: number }

const STOP_GRACE_MS = 20_000
/** A free port can be taken between finding and binding. */
const TRIES = 3

export interface RunningServer {
  readonly url: string
  /** Process id of its keeper. */
  readonly pid: number
  readonly stop: () => Promise<void>
}

/** Starts a server under its keeper, on a free port. */
export async function startKeeper(
  name: string,
  order: (port: number) => ServerOrder,
  onLine?: (line: string) => void,
): Promise<RunningServer> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    try {
      const child: Child = await startChild({
        name,
        entry: path.join(import.meta.dirname, 'server-keeper.ts'),
        args: [JSON.stringify(order(port))],
        env: {},
        isDetached: true,
        ...(onLine ? { onLine } : {}),
      })
      return { url: child.listening.url, pid: child.pid, stop: () => child.stop(STOP_GRACE_MS) }
    } catch (error) {
      if (attempt >= TRIES || !isPortTaken(error)) throw error
    }
  }
}

function isPortTaken(error: unknown): boolean {
  return (
    error instanceof ChildNotStarted && error.lastLines.some((line) => /address already in use|EADDRINUSE/i.test(line))
  )
}
