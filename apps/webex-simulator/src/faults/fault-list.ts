import type { Fault, FaultKind, FaultRequest } from './fault.ts'

/** What a fault may be matched by. `text` is the request's body, if it has one. */
export interface FaultSubject {
  readonly path: string
  readonly text: string
}

export interface FaultList {
  add(requests: readonly FaultRequest[]): void
  clear(): void
  list(): readonly (FaultRequest & { readonly hits: number })[]
  /** The first fault of one of these kinds that matches and has hits left; taking it uses one up. */
  take<K extends FaultKind>(subject: FaultSubject, kinds: readonly K[]): Extract<Fault, { kind: K }> | undefined
}

function matches({ match }: FaultRequest, { path, text }: FaultSubject): boolean {
  if (match.path !== undefined && !path.startsWith(match.path)) return false
  if (match.root !== undefined && !new RegExp(`\\b${match.root}\\b`).test(text)) return false
  return match.taskId === undefined || path.includes(match.taskId) || text.includes(match.taskId)
}

function isOneOf<K extends FaultKind>(fault: Fault, kinds: readonly K[]): fault is Extract<Fault, { kind: K }> {
  return kinds.some((kind) => kind === fault.kind)
}

/** Faults to inject, in the order they were given. Each request meets a fault of each kind at most once. */
export function createFaultList(): FaultList {
  let entries: { readonly request: FaultRequest; hits: number }[] = []
  return {
    add(requests) {
      entries.push(...requests.map((request) => ({ request, hits: 0 })))
    },
    clear() {
      entries = []
    },
    list: () => entries.map(({ request, hits }) => ({ ...request, hits })),
    take<K extends FaultKind>(subject: FaultSubject, kinds: readonly K[]) {
      for (const entry of entries) {
        const { fault, times = Number.POSITIVE_INFINITY } = entry.request
        if (!isOneOf(fault, kinds) || entry.hits >= times || !matches(entry.request, subject)) continue
        entry.hits++
        return fault
      }
      return undefined
    },
  }
}
