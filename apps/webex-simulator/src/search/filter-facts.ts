/** What a filter's outermost conjunction says about every record that can pass: enough to look up ids instead of scanning, or to scan less. */
import { isRecord } from '../json.ts'
import type { Root } from './field-table.ts'

export interface FilterFacts {
  /** The record's own id (`id`, `agentSessionId`) is one of these. Undefined: any. */
  readonly ids: ReadonlySet<string> | undefined
  /** `taskId` (of a leg) is one of these. Undefined: any. */
  readonly taskIds: ReadonlySet<string> | undefined
  /** Least value of a numeric field of the record by its path, e.g. `lastActivityTime` (inclusive). */
  readonly atLeast: ReadonlyMap<string, number>
  /** `isActive` of the record must be this. Undefined: either. */
  readonly isActive: boolean | undefined
}

export const NO_FACTS: FilterFacts = { ids: undefined, taskIds: undefined, atLeast: new Map(), isActive: undefined }

function both<T>(a: ReadonlySet<T> | undefined, b: ReadonlySet<T> | undefined): ReadonlySet<T> | undefined {
  return a === undefined || b === undefined ? (a ?? b) : new Set([...a].filter((one) => b.has(one)))
}

/** Facts of a conjunction. */
export function joinFacts(parts: readonly FilterFacts[]): FilterFacts {
  const atLeast = new Map<string, number>()
  for (const part of parts) {
    for (const [path, bound] of part.atLeast) atLeast.set(path, Math.max(bound, atLeast.get(path) ?? bound))
  }
  return {
    ids: parts.reduce((ids, part) => both(ids, part.ids), NO_FACTS.ids),
    taskIds: parts.reduce((ids, part) => both(ids, part.taskIds), NO_FACTS.taskIds),
    atLeast,
    isActive: parts.find((part) => part.isActive !== undefined)?.isActive,
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
  if (typeof equals === 'boolean') return path === 'isActive' ? { ...NO_FACTS, isActive: equals } : NO_FACTS
  const bounds = [equals, gte, gt].filter((bound) => typeof bound === 'number')
  return bounds.length === 0 ? NO_FACTS : { ...NO_FACTS, atLeast: new Map([[path, Math.max(...bounds)]]) }
}

function textFacts(root: Root, path: string, text: string): Partial<FilterFacts> {
  if (path === idPathOf(root)) return { ids: new Set([text]) }
  return path === 'taskId' ? { taskIds: new Set([text]) } : {}
}

/** `or` of conditions that all name ids: any of them. Everything else about an `or` is left open. */
export function factsOfAny(parts: readonly FilterFacts[]): FilterFacts {
  const union = (sets: readonly (ReadonlySet<string> | undefined)[]) =>
    sets.length > 0 && sets.every((set) => set !== undefined)
      ? new Set(sets.flatMap((set) => [...(set ?? [])]))
      : undefined
  return { ...NO_FACTS, ids: union(parts.map((part) => part.ids)), taskIds: union(parts.map((part) => part.taskIds)) }
}
