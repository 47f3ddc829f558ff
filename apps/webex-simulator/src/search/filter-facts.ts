/** What a filter's outermost conjunction says about every record that can pass: enough to look up ids instead of scanning, or to scan less. */
import { isRecord } from '../json.ts'
import type { Root } from './field-table.ts'

export interface FilterFacts {
  /** The record's own id (`id`, `agentSessionId`) is one of these. Undefined: any. */
  readonly ids: ReadonlySet<string> | undefined
  /** `taskId` (of a leg) is one of these. Undefined: any. */
  readonly taskIds: ReadonlySet<string> | undefined
  /** The record still changed at or after this instant, epoch ms; infinite: it is open, and changes now. Undefined: nobody knows. */
  readonly changedSinceMs: number | undefined
}

export const NO_FACTS: FilterFacts = { ids: undefined, taskIds: undefined, changedSinceMs: undefined }

/** Nothing happens to a record after these, but what comes late (`RecordSource.settlesWithinMs`). Open ones have -1. */
const LATEST_CHANGE: ReadonlySet<string> = new Set(['lastActivityTime', 'endedTime', 'endTime'])

function both<T>(a: ReadonlySet<T> | undefined, b: ReadonlySet<T> | undefined): ReadonlySet<T> | undefined {
  return a === undefined || b === undefined ? (a ?? b) : new Set([...a].filter((one) => b.has(one)))
}

/** Facts of a conjunction. */
export function joinFacts(parts: readonly FilterFacts[]): FilterFacts {
  const changes = parts.flatMap(({ changedSinceMs }) => changedSinceMs ?? [])
  return {
    ids: parts.reduce((ids, part) => both(ids, part.ids), NO_FACTS.ids),
    taskIds: parts.reduce((ids, part) => both(ids, part.taskIds), NO_FACTS.taskIds),
    changedSinceMs: changes.length === 0 ? undefined : Math.max(...changes),
  }
}

export function idPathOf(root: Root): string {
  return root.name === 'agentSession' ? 'agentSessionId' : 'id'
}

/** Facts of one condition on a field of the record itself, its operators all required. */
export function factsOf(root: Root, path: string, expression: unknown): FilterFacts {
  if (!isRecord(expression)) return NO_FACTS
  const { equals, gt, gte } = expression
  if (typeof equals === 'string') return { ...NO_FACTS, ...textFacts(root, path, equals) }
  if (equals === true && path === 'isActive') return { ...NO_FACTS, changedSinceMs: Number.POSITIVE_INFINITY }
  const bound = Math.max(...[equals, gte, gt].filter((value) => typeof value === 'number'))
  return bound > 0 && LATEST_CHANGE.has(path) ? { ...NO_FACTS, changedSinceMs: bound } : NO_FACTS
}

function textFacts(root: Root, path: string, text: string): Partial<FilterFacts> {
  if (path === idPathOf(root)) return { ids: new Set([text]) }
  return path === 'taskId' ? { taskIds: new Set([text]) } : {}
}

/** `or` of conditions that all name ids: any of them. Of conditions that all say when something changed at last: the earliest. */
export function factsOfAny(parts: readonly FilterFacts[]): FilterFacts {
  const union = (sets: readonly (ReadonlySet<string> | undefined)[]) =>
    sets.length > 0 && sets.every((set) => set !== undefined)
      ? new Set(sets.flatMap((set) => [...(set ?? [])]))
      : undefined
  const changes = parts.flatMap(({ changedSinceMs }) => changedSinceMs ?? [])
  return {
    ids: union(parts.map((part) => part.ids)),
    taskIds: union(parts.map((part) => part.taskIds)),
    changedSinceMs: changes.length > 0 && changes.length === parts.length ? Math.min(...changes) : undefined,
  }
}
