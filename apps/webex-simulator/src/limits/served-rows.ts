/** Rows of one raw Search page. */
export interface ServedPage {
  readonly root: string
  readonly ids: readonly string[]
}

/** Per root. `distinct` is null once there were too many to keep apart. */
export type ServedReport = Readonly<Record<string, { readonly rows: number; readonly distinct: number | null }>>

/** Ids of more rows than this are not kept, so that a year of a large centre may be read without filling memory. */
const MOST_DISTINCT = 100_000

/** Counts what raw pages showed, so that a test can compare it with what arrived. */
export function createServedRows(mostDistinct = MOST_DISTINCT) {
  const roots = new Map<string, { rows: number; ids: Set<string> | undefined }>()
  return {
    add(pages: readonly ServedPage[]): void {
      for (const { root, ids } of pages) {
        const known = roots.get(root) ?? { rows: 0, ids: new Set<string>() }
        roots.set(root, known)
        known.rows += ids.length
        for (const id of ids) known.ids?.add(id)
        if ((known.ids?.size ?? 0) > mostDistinct) known.ids = undefined
      }
    },
    report: (): ServedReport =>
      Object.fromEntries([...roots].map(([root, { rows, ids }]) => [root, { rows, distinct: ids?.size ?? null }])),
  }
}
