import type { Head } from './span-plan.ts'

/** Ids for one query, and the range of times that holds them. */
export interface HeadChunk {
  readonly ids: readonly string[]
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Cuts heads, in order of time and each once, into lists of at most `maxHeads` ids whose times lie within `maxSpanMs`. The range reaches 1 ms
 * beyond its ends, since the vendor does not say whether its bounds are inclusive (webex-cc-api §3.4). The same heads always give the same chunks.
 */
export function chunkHeads(
  heads: readonly Head[],
  limits: { readonly maxHeads: number; readonly maxSpanMs: number },
): HeadChunk[] {
  const distinct = [...new Map(heads.map((head) => [head.id, head])).values()]
  const ordered = distinct.toSorted((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1))
  const chunks: Head[][] = []
  for (const head of ordered) {
    const chunk = chunks.at(-1)
    const fits =
      chunk !== undefined && chunk.length < limits.maxHeads && head.timeMs - chunk[0]!.timeMs + 2 <= limits.maxSpanMs
    if (fits) chunk.push(head)
    else chunks.push([head])
  }
  return chunks.map((chunk) => ({
    ids: chunk.map(({ id }) => id),
    fromMs: chunk[0]!.timeMs - 1,
    toMs: chunk.at(-1)!.timeMs + 1,
  }))
}
