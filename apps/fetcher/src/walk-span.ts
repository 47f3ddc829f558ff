import { nextInnerCursor } from '@wxcc/webex/inner-cursor'
import type { RecordKind } from '@wxcc/contracts/ledger'
import { type SpanCursor, START } from './span-cursor.ts'
import type { Head, Inner, SpanPlan, WalkedPage } from './span-plan.ts'

/** A page that an earlier run of this fetch stored. */
export interface StoredPage {
  readonly recordKind: RecordKind
  readonly read: () => Promise<Buffer>
}

/** Keeps one page, together with where the walk goes on. */
type StorePage = (kind: RecordKind, page: WalkedPage, goesOnAt: SpanCursor) => Promise<void>

interface Unfinished {
  readonly owner: string
  readonly head: Head
  readonly after: string
}

/**
 * Asks a plan for all its pages in order and stores each before the next is asked for. Begins at `cursor`; what earlier runs learned is read
 * from the pages they stored. Throws whatever asking or storing throws, and can then be called again with the cursor stored last.
 */
export async function walkSpan(options: {
  readonly plan: SpanPlan
  readonly cursor: SpanCursor
  readonly stored: readonly StoredPage[]
  readonly store: StorePage
}): Promise<void> {
  const { plan, store } = options
  let cursor = options.cursor
  const heads: Head[] = []
  const inners: Inner[] = []
  // Pages of the rest are left out: a page asked for one owner says nothing about another that it shows by the way.
  const bodyLimit = cursor.part === 'rest' ? cursor.bodyPages : Number.POSITIVE_INFINITY
  let bodyPages = 0
  if (cursor.part !== 'end' && cursor !== START) {
    for (const page of options.stored) {
      if (page.recordKind === plan.bodyKind && bodyPages++ >= bodyLimit) continue
      learn(plan.reread(page.recordKind, await page.read()))
    }
  }

  function learn(page: WalkedPage): void {
    heads.push(...page.heads)
    inners.push(...page.inners)
  }

  while (cursor.part === 'heads') {
    const page = await plan.heads(cursor.after)
    learn(page)
    const next: SpanCursor = page.endCursor === null ? firstBodies() : { part: 'heads', after: page.endCursor }
    await store(plan.headKind, page, next)
    cursor = next
  }

  while (cursor.part === 'bodies') {
    const { chunk, after }: Extract<SpanCursor, { part: 'bodies' }> = cursor
    const page: WalkedPage = await plan.bodies(heads, chunk, after)
    learn(page)
    bodyPages++
    const next: SpanCursor =
      page.endCursor === null ? nextChunk(chunk + 1) : { part: 'bodies', chunk, after: page.endCursor }
    await store(plan.bodyKind, page, next)
    cursor = next
  }

  while (cursor.part === 'rest') {
    const rest: Extract<SpanCursor, { part: 'rest' }> = cursor
    const { owner, bodyPages } = rest
    const unfinished = listUnfinished()
    const position = unfinished.findIndex((one) => one.owner === owner)
    const one = unfinished[position]
    if (one === undefined) break
    const askedAfter: string = rest.after ?? one.after
    const page: WalkedPage = await plan.rest(owner, one.head, askedAfter)
    const more = page.inners.find((inner) => inner.owner === owner)
    const goesOn =
      more?.endCursor != null && plan.isUnfinished(more) ? nextInnerCursor(more.endCursor, askedAfter) : null
    const next: SpanCursor =
      goesOn !== null && goesOn !== askedAfter
        ? { part: 'rest', bodyPages, owner, after: goesOn }
        : restFrom(unfinished[position + 1], bodyPages)
    await store(plan.bodyKind, page, next)
    cursor = next
  }

  function firstBodies(): SpanCursor {
    return nextChunk(0)
  }

  function nextChunk(chunk: number): SpanCursor {
    if (chunk < plan.countChunks(heads)) return { part: 'bodies', chunk, after: null }
    return restFrom(listUnfinished()[0], bodyPages)
  }

  /** In order of owners; the newest word about each counts. Owners whose head did not come are of no use without it. */
  function listUnfinished(): Unfinished[] {
    const headById = new Map(heads.map((head) => [head.id, head]))
    const latest = new Map(inners.map((inner) => [inner.owner, inner]))
    return [...latest.values()]
      .filter((inner) => plan.isUnfinished(inner) && headById.has(inner.headId))
      .map((inner) => ({
        owner: inner.owner,
        head: headById.get(inner.headId)!,
        after: nextInnerCursor(inner.endCursor!, null),
      }))
      .toSorted((a, b) => (a.owner < b.owner ? -1 : 1))
  }
}

function restFrom(one: Unfinished | undefined, bodyPages: number): SpanCursor {
  return one === undefined ? { part: 'end' } : { part: 'rest', bodyPages, owner: one.owner, after: one.after }
}
