import { readFileSync } from 'node:fs'

/** Nanoseconds in which a process ran or stood in line for a processor, by its pid. */
export type WantedTime = ReadonlyMap<number, number>

/**
 * What every process below `rootPid` has wanted so far, of its first thread: where Node runs scripts and Postgres everything. Empty where the
 * kernel does not tell (`/proc/<pid>/schedstat`, Linux). Reads synchronously: some fifty files of a few bytes that are no files.
 */
export function readWantedTime(rootPid: number): WantedTime {
  const wanted = new Map<number, number>()
  for (const pid of listBelow(rootPid)) {
    const line = read(`/proc/${pid}/schedstat`)
    if (line === undefined) continue
    const [ran, waited] = line.split(' ').map(Number)
    wanted.set(pid, ran! + waited!)
  }
  return wanted
}

/** The largest part of `elapsedMs` in which one and the same process wanted a processor, 0–1. A process that is new has wanted none. */
export function largestShare(before: WantedTime, after: WantedTime, elapsedMs: number): number {
  const wanted = [...after].map(([pid, at]) => at - (before.get(pid) ?? at))
  return Math.min(1, Math.max(0, ...wanted) / (elapsedMs * 1e6))
}

function listBelow(pid: number): readonly number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`)?.split(' ').filter(Boolean).map(Number) ?? []
  return children.flatMap((child) => [child, ...listBelow(child)])
}

/** Undefined when the process has ended meanwhile, or there is no such thing here. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
