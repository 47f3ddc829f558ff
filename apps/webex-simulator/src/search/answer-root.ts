/** One root of a query, from arguments to the JSON of its answer. */
import type { Root } from './field-table.ts'
import { groupRecords } from './group-records.ts'
import { checkFirst } from './inner-page.ts'
import { listRecords } from './list-records.ts'
import type { Pace } from './pace.ts'
import { compileProjection } from './projection.ts'
import type { ProjectionOptions, Projector } from './projection.ts'
import { aggregationsOf, checkFilterSize } from './root-arguments.ts'
import type { RootArguments } from './root-arguments.ts'
import type { SearchContext } from './search-context.ts'
import { selectedLeaves } from './selection.ts'
import type { SelectedField, SelectedLeaf } from './selection.ts'
import { compileSparseProjection } from './sparse-projection.ts'

/** A root as a query selects it, everything compiled that does not depend on its arguments. */
export interface CompiledRoot {
  readonly root: Root
  readonly leaves: readonly SelectedLeaf[]
  /** Members of the list type in the order of the query; rows have no writer here but a place among `projectors`. */
  readonly members: readonly { readonly key: string; readonly rows: number | undefined; readonly write: Projector }[]
  readonly projectors: readonly Projector[]
}

export function compileRoot(root: Root, fields: readonly SelectedField[], options: ProjectionOptions): CompiledRoot {
  const compileRows = options.absentMembers === 'null' ? compileProjection : compileSparseProjection
  const lists = fields.filter(({ name }) => name === root.listField)
  return {
    root,
    leaves: lists.flatMap((list) => selectedLeaves(list.fields)),
    members: fields.map((field) => ({
      key: field.key,
      rows: field.name === root.listField ? lists.indexOf(field) : undefined,
      // `intervalInfo` is null, never an object of nulls (webex-cc-api §3.3).
      write: compileProjection(root, [field], { ...options, emptyObjects: 'null' }),
    })),
    projectors: lists.map((list) => compileRows(root, list.fields, options)),
  }
}

/** The JSON in pieces. @throws QueryRefused for a query beyond a limit */
export async function answerRoot(
  compiled: CompiledRoot,
  args: RootArguments,
  context: SearchContext,
  pace: Pace,
): Promise<readonly Buffer[]> {
  const { root, leaves, projectors } = compiled
  checkFilterSize(args)
  for (const leaf of leaves) checkFirst(leaf.args['first'])
  const request = { root, args, leaves, projectors, pace }
  const { lists, ...rest } =
    aggregationsOf(args).length === 0
      ? { ...(await listRecords(request, context)), intervalInfo: null }
      : await groupRecords(request, context)
  const members = compiled.members.flatMap(({ key, rows: position, write }, at): readonly Buffer[] => {
    const lead = at === 0 ? '{' : ','
    if (position === undefined) return [Buffer.from(lead + write(rest).slice(1, -1))]
    return [Buffer.from(`${lead}"${key}":`), ...lists[position]!]
  })
  return [...members, Buffer.from('}')]
}
