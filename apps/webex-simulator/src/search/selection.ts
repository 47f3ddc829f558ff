import {
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
} from 'graphql'
import { isObjectType, Kind } from 'graphql'
import type { FieldNode, GraphQLObjectType, GraphQLResolveInfo, SelectionNode, SelectionSetNode } from 'graphql'

/** A leaf the query selects inside a list, in the order of the query. */
export interface SelectedLeaf {
  readonly path: string
  /** Arguments of the leaf and of the fields above it, e.g. `{ sort: 'asc' }` or a variable's `{ name: 'X' }`. */
  readonly args: Readonly<Record<string, unknown>>
}

function isIncluded(node: SelectionNode, info: GraphQLResolveInfo): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, node, info.variableValues)?.['if'] === true) return false
  return getDirectiveValues(GraphQLIncludeDirective, node, info.variableValues)?.['if'] !== false
}

function fieldsOf(set: SelectionSetNode, info: GraphQLResolveInfo): readonly FieldNode[] {
  return set.selections.flatMap((node): readonly FieldNode[] => {
    if (!isIncluded(node, info)) return []
    if (node.kind === Kind.FIELD) return node.name.value === '__typename' ? [] : [node]
    if (node.kind === Kind.INLINE_FRAGMENT) return fieldsOf(node.selectionSet, info)
    const fragment = info.fragments[node.name.value]
    return fragment === undefined ? [] : fieldsOf(fragment.selectionSet, info)
  })
}

function leavesOf(
  nodes: readonly FieldNode[],
  parent: GraphQLObjectType,
  above: SelectedLeaf,
  info: GraphQLResolveInfo,
): readonly SelectedLeaf[] {
  return nodes.flatMap((node) => {
    const field = parent.getFields()[node.name.value]
    if (field === undefined) return []
    const path = above.path === '' ? field.name : `${above.path}.${field.name}`
    const args = { ...above.args, ...getArgumentValues(field, node, info.variableValues) }
    const type = getNamedType(field.type)
    if (node.selectionSet === undefined || !isObjectType(type)) return [{ path, args }]
    return leavesOf(fieldsOf(node.selectionSet, info), type, { path, args }, info)
  })
}

/** Leaves selected under the root's list field (`tasks`, `agentSessions`), fragments and `@include` resolved. */
export function selectedLeaves(info: GraphQLResolveInfo, listField: string): readonly SelectedLeaf[] {
  const rootType = getNamedType(info.returnType)
  if (!isObjectType(rootType)) return []
  const list = rootType.getFields()[listField]
  const rowType = list === undefined ? undefined : getNamedType(list.type)
  if (!isObjectType(rowType)) return []
  const listNodes = info.fieldNodes
    .flatMap((node) => (node.selectionSet === undefined ? [] : fieldsOf(node.selectionSet, info)))
    .filter((node) => node.name.value === listField)
  return listNodes.flatMap((node) =>
    node.selectionSet === undefined
      ? []
      : leavesOf(fieldsOf(node.selectionSet, info), rowType, { path: '', args: {} }, info),
  )
}
