import { FatalError } from '@wxcc/contracts/failures'
import type { ReadPage } from './page-reader.ts'

/** What a nested list of activities says about itself (webex-cc-api §3.6, §3.9). */
export interface ActivityList<Node> {
  readonly totalCount: number | null
  readonly nodes: readonly Node[]
}

/**
 * The records of one answer: `data.<root>.<list>`. A stored page was accepted by the fetcher, so another shape means that the page or our
 * reading of it is wrong: throws `FatalError('mapping_failed')`.
 */
export function recordsOf(page: ReadPage, root: string, list: string): readonly object[] {
  const records = member(member(member(page.body, 'data'), root), list)
  if (!Array.isArray(records)) throw new FatalError('mapping_failed', { detail: `raw page ${page.rawPageId}` })
  return records.filter(isObject)
}

/** A list that was not selected, or is null, holds nothing and counts nothing. */
export function activitiesOf<Node>(owner: unknown): ActivityList<Node> {
  const activities = member(owner, 'activities')
  const total = member(activities, 'totalCount')
  const nodes = member(activities, 'nodes')
  return {
    totalCount: typeof total === 'number' ? total : null,
    // The nodes are read defensively by the rules; here they only need to be objects.
    nodes: Array.isArray(nodes) ? (nodes.filter(isObject) as Node[]) : [],
  }
}

export function member(value: unknown, key: string): unknown {
  return isObject(value) ? (value as Readonly<Record<string, unknown>>)[key] : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

export function textMember(value: unknown, key: string): string | null {
  const text = member(value, key)
  return typeof text === 'string' && text !== '' ? text : null
}
