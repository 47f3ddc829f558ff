/** A query after validation: what it selects, with fragments merged, `@skip` and `@include` obeyed and arguments filled in. */
import {
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  GraphQLString,
  isObjectType,
  Kind,
} from 'graphql'
import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLObjectType,
  GraphQLOutputType,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql'

/** An operation with its variables coerced. */
export interface PreparedQuery {
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly variableValues: Parameters<typeof getArgumentValues>[2]
}

export interface SelectedField {
  /** Its alias, else its name. */
  readonly key: string
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
  readonly type: GraphQLOutputType
  /** Name of the type it is a member of. */
  readonly parent: string
  /** Empty for leaves. */
  readonly fields: readonly SelectedField[]
}

/** A leaf the query selects inside a list, in the order of the query. */
export interface SelectedLeaf {
  readonly path: string
  /** Arguments of the leaf and of the fields above it, e.g. `{ sort: 'asc' }` or a variable's `{ name: 'X' }`. */
  readonly args: Readonly<Record<string, unknown>>
}

function isIncluded(node: SelectionNode, { variableValues }: PreparedQuery): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true
  if (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.['if'] === true) return false
  return getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.['if'] !== false
}

/** Nodes by response key: a field selected twice (by two fragments, say) is one field with both selections. */
export function collectFields(
  sets: readonly SelectionSetNode[],
  query: PreparedQuery,
  found = new Map<string, FieldNode[]>(),
): ReadonlyMap<string, readonly FieldNode[]> {
  for (const node of sets.flatMap((set) => set.selections)) {
    if (!isIncluded(node, query)) continue
    if (node.kind === Kind.FIELD) {
      const key = node.alias?.value ?? node.name.value
      const same = found.get(key)
      if (same === undefined) found.set(key, [node])
      else same.push(node)
      continue
    }
    const inner = node.kind === Kind.INLINE_FRAGMENT ? node : query.fragments.get(node.name.value)
    if (inner !== undefined) collectFields([inner.selectionSet], query, found)
  }
  return found
}

export function selectFields(
  sets: readonly SelectionSetNode[],
  parent: GraphQLObjectType,
  query: PreparedQuery,
): readonly SelectedField[] {
  return [...collectFields(sets, query)].flatMap(([key, nodes]): readonly SelectedField[] => {
    const [node] = nodes
    const name = node?.name.value ?? ''
    if (name === '__typename') {
      return [{ key, name, args: {}, type: GraphQLString, parent: parent.name, fields: [] }]
    }
    const field = parent.getFields()[name]
    if (node === undefined || field === undefined) return []
    const type = getNamedType(field.type)
    const inner = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
    const fields = isObjectType(type) ? selectFields(inner, type, query) : []
    const args = getArgumentValues(field, node, query.variableValues)
    return [{ key, name, args, type: field.type, parent: parent.name, fields }]
  })
}

/** Leaves of a row's selection with their paths. */
export function selectedLeaves(
  fields: readonly SelectedField[],
  above: SelectedLeaf = { path: '', args: {} },
): readonly SelectedLeaf[] {
  return fields.flatMap(({ name, args, fields: inner }): readonly SelectedLeaf[] => {
    if (name === '__typename') return []
    const leaf = { path: above.path === '' ? name : `${above.path}.${name}`, args: { ...above.args, ...args } }
    return inner.length === 0 ? [leaf] : selectedLeaves(inner, leaf)
  })
}
