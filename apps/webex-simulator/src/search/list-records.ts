/** A raw query: the page's rows as JSON, each made and written when its turn comes. */
import type { RecordOf, SeenRecord } from '../world.ts'
import { ListBytes } from './answer-bytes.ts'
import type { Root } from './field-table.ts'
import { MatchList } from './match-list.ts'
import type { Match } from './match-list.ts'
import { narrow } from './narrow.ts'
import type { Pace } from './pace.ts'
import type { Projector } from './projection.ts'
import { createExtFilterScan, neededFor, rawPage } from './raw-page.ts'
import type { PageInfo } from './raw-page.ts'
import type { RootArguments } from './root-arguments.ts'
import { areKnownAhead, openScope, recordFor } from './scope.ts'
import type { Scope } from './scope.ts'
import type { SearchContext } from './search-context.ts'
import type { SelectedLeaf } from './selection.ts'
import { sortKeysOf, sortValues } from './sort-rows.ts'
import type { SortKey } from './sort-rows.ts'

export interface WrittenRows {
  /** JSON of the list in pieces, for each selection of it. */
  readonly lists: readonly (readonly Buffer[])[]
  readonly pageInfo: PageInfo
}

interface Request {
  readonly root: Root
  readonly args: RootArguments
  readonly leaves: readonly SelectedLeaf[]
  readonly projectors: readonly Projector[]
  readonly pace: Pace
}

export async function listRecords(request: Request, context: SearchContext): Promise<WrittenRows> {
  const { root, args, leaves, pace } = request
  const scope = openScope(root, args, context, { kind: 'raw', readsActivities: selectsActivities(root, leaves) })
  const list = matchesOf(scope, leaves, context)
  const cursor = args.pagination?.cursor
  await list.reach(neededFor(root, cursor), pace)
  const { ids, pageInfo } = rawPage(root, list.ids, cursor)
  const found = ids.flatMap((id) => list.recent(id) ?? scope.source.find(id) ?? [])
  list.forgetRows()
  const rows = context.distort === undefined ? found : context.distort(found)
  context.served?.(
    root.name,
    rows.map((row) => row.id),
  )
  return { lists: await write(request, scope, rows, context), pageInfo }
}

/** Whether a raw query reads CARs or AARs: those see 30 days at most. */
function selectsActivities(root: Root, leaves: readonly SelectedLeaf[]): boolean {
  const nodes = root.lists.at(-1)
  return root.activityList !== undefined && leaves.some(({ path }) => path.startsWith(`${nodes}.`))
}

function matchesOf(scope: Scope, leaves: readonly SelectedLeaf[], context: SearchContext): MatchList {
  const { root } = scope
  const keys = sortKeysOf(root, leaves)
  const [first, second] = keys
  // Ids are given in order of time, so that sorting by it needs no look at all records.
  const isByTime = first?.path === root.recordTime && second === undefined
  const scanOrder = isByTime && first.sign === 1 ? 'oldest-first' : 'newest-first'
  const sorting = isByTime ? [] : keys
  const order = root.name === 'agentSession' ? 'id' : sorting.length === 0 ? 'found' : sorting
  const dropped = context.droppedTasks.size === 0 ? [] : [...context.droppedTasks]
  const name = JSON.stringify([scope.name, scanOrder, sorting, dropped])
  return context.kept.take(name, () => {
    const matches = findMatches(scope, scanOrder, sorting, context.droppedTasks)
    return new MatchList({ matches, maxRecords: root.maxRecords, order })
  })
}

function* findMatches(
  scope: Scope,
  order: 'oldest-first' | 'newest-first',
  sorting: readonly SortKey[],
  dropped: ReadonlySet<string>,
): Generator<Match | undefined> {
  const { root, filter, extFilter } = scope
  const readsRecords =
    scope.readsRecords ||
    !areKnownAhead(
      root,
      sorting.map((key) => key.path),
    )
  const scanned = extFilter && createExtFilterScan(root)
  for (const chunk of scope.chunks(order)) {
    for (const found of chunk) {
      if (dropped.has(found.id)) continue
      const row = readsRecords ? remembering(found) : found
      const record = recordFor(root, row, readsRecords)
      const kept = scope.isInWindow(record) ? narrow(root, record, filter) : undefined
      const passes = kept !== undefined && (extFilter === undefined || narrow(root, kept, extFilter) !== undefined)
      if (kept !== undefined) scanned?.(passes)
      yield passes ? { row, sortValues: sortValues(sorting, record) } : undefined
    }
  }
}

/** The same row, its record made only once. */
function remembering(row: SeenRecord): SeenRecord {
  let record: RecordOf | undefined
  return { id: row.id, time: row.time, record: () => (record ??= row.record()) }
}

async function write(
  { root, leaves, projectors, pace }: Request,
  { filter, extFilter }: Scope,
  rows: readonly SeenRecord[],
  { distortRecord }: SearchContext,
): Promise<readonly (readonly Buffer[])[]> {
  const readsRecords =
    distortRecord !== undefined ||
    filter.depth > 0 ||
    extFilter !== undefined ||
    !areKnownAhead(
      root,
      leaves.map(({ path }) => path),
    )
  const lists = projectors.map(() => new ListBytes())
  for (const row of rows) {
    let record: RecordOf | undefined = recordFor(root, row, readsRecords)
    if (filter.depth > 0) record = narrow(root, record, filter)
    if (record !== undefined && extFilter !== undefined) record = narrow(root, record, extFilter)
    // A record that changed since it was found may match no more.
    if (record === undefined) continue
    const shown = distortRecord === undefined ? record : distortRecord(record)
    for (const [position, project] of projectors.entries()) lists[position]!.add(project(shown))
    if (pace.isDue()) await pace.rest()
  }
  return lists.map((list) => list.take())
}
