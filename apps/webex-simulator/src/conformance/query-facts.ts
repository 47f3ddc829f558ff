/** What a sample's own text says, without the simulator: which times it asks about, and whether the service would take it. */
import { GraphQLError, Kind, parse, visit } from 'graphql'
import type { DocumentNode, FieldNode, SelectionSetNode, ValueNode } from 'graphql'
import { ROOTS } from '../search/field-table.ts'
import type { Root } from '../search/field-table.ts'
import { toTree } from '../search/tree.ts'
import type { Tree } from '../search/tree.ts'

const DAY_MS = 86_400_000
const LONGEST_SPAN_MS = 365 * DAY_MS
const LONGEST_ACTIVITY_SPAN_MS = 30 * DAY_MS
/** Below this a number is seconds: 1973 in milliseconds, the year 5138 in seconds. */
const LEAST_MILLISECONDS = 100_000_000_000

export interface AskedWindow {
  readonly fromMs: number
  readonly toMs: number
}

export interface QueryFacts {
  readonly document: DocumentNode | undefined
  /** From the earliest `from` to the latest `to`, in milliseconds; undefined when none is given. */
  readonly window: AskedWindow | undefined
  /** Why a documented rule has the service reject it; undefined: it must be accepted. */
  readonly rejection: string | undefined
}

interface Selecting {
  readonly selectionSet?: SelectionSetNode | undefined
}
type Variables = Readonly<Record<string, unknown>>

export function readQuery(query: string, variables: Variables): QueryFacts {
  const document = parsed(query)
  if (document === undefined) return { document, window: undefined, rejection: 'no GraphQL' }
  const roots = rootFields(document)
  const times = roots.flatMap((field) => ['from', 'to'].map((name) => inMs(timeOf(field, name, variables))))
  const known = times.filter((time) => time !== undefined)
  const window = known.length === 0 ? undefined : { fromMs: Math.min(...known), toMs: Math.max(...known) }
  const rejection = roots.map((field) => rejectionOf(field, document, variables)).find((reason) => reason !== undefined)
  return { document, window, rejection }
}

function parsed(query: string): DocumentNode | undefined {
  try {
    return parse(query)
  } catch (error) {
    if (error instanceof GraphQLError) return undefined
    throw error
  }
}

function rootFields(document: DocumentNode): readonly FieldNode[] {
  return document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? definition.selectionSet.selections.filter((node) => node.kind === Kind.FIELD)
      : [],
  )
}

function argumentOf(field: FieldNode, name: string): ValueNode | undefined {
  return field.arguments?.find((argument) => argument.name.value === name)?.value
}

function timeOf(field: FieldNode, name: string, variables: Variables): number | undefined {
  const node = argumentOf(field, name)
  const value =
    node?.kind === Kind.VARIABLE
      ? variables[node.name.value]
      : node !== undefined && 'value' in node
        ? node.value
        : undefined
  return value === undefined || value === null ? undefined : Number(value)
}

/** Numbers of seconds are put where they were meant, so that the clock stands in their time; the query stays as it is. */
function inMs(time: number | undefined): number | undefined {
  if (time === undefined || !Number.isFinite(time)) return undefined
  return time < LEAST_MILLISECONDS ? time * 1000 : time
}

function rejectionOf(field: FieldNode, document: DocumentNode, variables: Variables): string | undefined {
  for (const name of ['from', 'to']) if (argumentOf(field, name) === undefined) return `no ${name}`
  const root = Object.values(ROOTS).find(({ name }) => name === field.name.value)
  if (root === undefined) return `no root ${field.name.value}`
  const unknown = unknownField(root, field, document)
  if (unknown !== undefined) return `${root.name} has no field ${unknown}`
  const spanMs = (inMs(timeOf(field, 'to', variables)) ?? 0) - (inMs(timeOf(field, 'from', variables)) ?? 0)
  if (spanMs > LONGEST_SPAN_MS) return 'a span of more than 365 days'
  const isRaw = argumentOf(field, 'aggregations') === undefined && argumentOf(field, 'aggregation') === undefined
  if (isRaw && spanMs > LONGEST_ACTIVITY_SPAN_MS && selectsActivities(field)) return 'activities of more than 30 days'
  return undefined
}

function selectsActivities(field: FieldNode): boolean {
  let found = false
  visit(field, {
    Field: (node) => {
      found ||= node.name.value === 'activities'
    },
  })
  return found
}

/** Fields every row or list has beside those of the dictionaries. */
const BESIDES: ReadonlySet<string> = new Set([
  'aggregation',
  'intervalStartTime',
  'totalCount',
  'pageInfo',
  '__typename',
])

/** The first field below the list that the root's dictionary does not have. */
function unknownField(root: Root, field: FieldNode, document: DocumentNode): string | undefined {
  const below = (node: FieldNode): readonly FieldNode[] => fieldsOf(node, document)
  const walk = (node: FieldNode, tree: Tree, path: string): string | undefined => {
    for (const child of below(node)) {
      const name = child.name.value
      if (BESIDES.has(name) || (path === '' && Object.hasOwn(root.retired, name))) continue
      const here = path === '' ? name : `${path}.${name}`
      const next = tree.children.get(name)
      if (next === undefined) return here
      const inner = walk(child, next, here)
      if (inner !== undefined) return inner
    }
    return undefined
  }
  const list = below(field).find((node) => node.name.value === root.listField)
  return list === undefined ? undefined : walk(list, toTree(root.fields.values()), '')
}

/** Selected fields with fragments opened. */
function fieldsOf(node: Selecting, document: DocumentNode): readonly FieldNode[] {
  return (node.selectionSet?.selections ?? []).flatMap((selection): readonly FieldNode[] => {
    if (selection.kind === Kind.FIELD) return [selection]
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection, document)
    const fragment = document.definitions.find(
      (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
    )
    return fragment !== undefined && 'selectionSet' in fragment ? fieldsOf(fragment, document) : []
  })
}

/** Response keys the query asks for, by dotted path. */
export function askedKeys(document: DocumentNode): ReadonlySet<string> {
  const keys = new Set<string>()
  const walk = (node: Selecting, path: string) => {
    for (const field of fieldsOf(node, document)) {
      const name = field.alias?.value ?? field.name.value
      const here = path === '' ? name : `${path}.${name}`
      keys.add(here)
      walk(field, here)
    }
  }
  for (const definition of document.definitions) if (definition.kind === Kind.OPERATION_DEFINITION) walk(definition, '')
  return keys
}
