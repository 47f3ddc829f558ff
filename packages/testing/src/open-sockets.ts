import { Socket } from 'node:net'
import { until } from './until.ts'

/** Fails if this process still holds connections to a port: a pool or worker that nobody closed. They get a moment to leave. */
export async function failOnOpenSockets(server: string, port: number): Promise<void> {
  await until(
    `connections to ${server} to end: a pool, queue or worker was not closed`,
    () => socketsTo(port).length === 0,
    {
      timeoutMs: 3_000,
    },
  )
}

/** `_getActiveHandles` is undocumented and stable since 2011; `getActiveResourcesInfo` names kinds but not where they lead. */
function socketsTo(port: number): Socket[] {
  const { _getActiveHandles } = process as unknown as { readonly _getActiveHandles: () => unknown[] }
  return _getActiveHandles
    .call(process)
    .filter((handle): handle is Socket => handle instanceof Socket && handle.remotePort === port && !handle.destroyed)
}
