/** From a query's text to what can be run: parsed, validated and compiled once, for clients send a handful of texts again and again. */
import {
  getArgumentValues,
  getNamedType,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  isObjectType,
  Kind,
  parse,
  validate,
  visit,
} from 'graphql'
import type {
  ASTNode,
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLSchema,
  ValidationRule,
} from 'graphql'
import { compileRoot } from './answer-root.ts'
import type { CompiledRoot } from './answer-root.ts'
import { ROOTS } from './field-table.ts'
import type { ProjectionOptions } from './projection.ts'
import type { RootArguments } from './root-arguments.ts'
import { collectFields, selectFields } from './selection.ts'
import type { PreparedQuery } from './selection.ts'
import { syntaxError, variableError } from './validation-rules.ts'

export interface Language {
  readonly schema: GraphQLSchema
  readonly rules: readonly ValidationRule[]
}

/** One member of `data`. */
export type RunnableField =
  | { readonly key: string; readonly kind: 'root'; readonly compiled: CompiledRoot; readonly args: RootArguments }
  | { readonly key: string; readonly kind: 'typename'; readonly typeName: string }
  | { readonly key: string; readonly kind: 'introspection' }

export type Prepared =
  | { readonly errors: readonly GraphQLError[] }
  | { readonly document: DocumentNode; readonly fields: readonly RunnableField[] }

const KNOWN_TEXTS = 200
const KNOWN_SELECTIONS = 20

interface CheckedText {
  readonly document: DocumentNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** Variables that shape the answer and not only which rows it has. */
  readonly shaping: readonly string[]
  /** Roots compiled for some values of those variables. */
  readonly compiled: Map<string, ReadonlyMap<string, CompiledRoot>>
}

export interface QueryPreparer {
  prepare(query: string, variables: Readonly<Record<string, unknown>>, operationName: string | undefined): Prepared
}

export function createQueryPreparer({ schema, rules }: Language, options: ProjectionOptions): QueryPreparer {
  const known = new Map<string, CheckedText | readonly GraphQLError[]>()
  const check = (query: string) => {
    const before = known.get(query)
    if (before !== undefined) return before
    const checked = checkText(query, schema, rules)
    if (known.size >= KNOWN_TEXTS) known.clear()
    known.set(query, checked)
    return checked
  }
  return {
    prepare(query, variables, operationName) {
      const checked = check(query)
      if (!('document' in checked)) return { errors: checked }
      try {
        return { document: checked.document, fields: bind(checked, { schema, options, variables, operationName }) }
      } catch (error) {
        if (error instanceof GraphQLError) return { errors: [error] }
        throw error
      }
    },
  }
}

function checkText(query: string, schema: GraphQLSchema, rules: readonly ValidationRule[]) {
  let document: DocumentNode
  try {
    document = parse(query)
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    return [syntaxError(error)]
  }
  const errors = validate(schema, document, rules)
  if (errors.length > 0) return errors.map(asValidationError)
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  return { document, fragments, shaping: shapingVariables(document), compiled: new Map() } satisfies CheckedText
}

function asValidationError(error: GraphQLError): GraphQLError {
  if (error.extensions['classification'] !== undefined) return error
  return new GraphQLError(`Validation error : ${error.message}`, {
    nodes: error.nodes,
    extensions: { classification: 'ValidationError' },
  })
}

/** All variables but those that stand only in arguments of a root. */
function shapingVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>()
  const note = (node: ASTNode) => void visit(node, { Variable: ({ name }) => void names.add(name.value) })
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) note(definition)
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    for (const node of definition.selectionSet.selections) {
      for (const directive of node.directives ?? []) note(directive)
      if (node.kind !== Kind.FRAGMENT_SPREAD && node.selectionSet !== undefined) note(node.selectionSet)
    }
  }
  return [...names]
}

interface Binding {
  readonly schema: GraphQLSchema
  readonly options: ProjectionOptions
  readonly variables: Readonly<Record<string, unknown>>
  readonly operationName: string | undefined
}

/** Fills in the variables. @throws GraphQLError for a missing operation and for variables that are missing or of a wrong type */
function bind(checked: CheckedText, { schema, options, variables, operationName }: Binding): readonly RunnableField[] {
  const operation = getOperationAST(checked.document, operationName)
  const queryType = schema.getQueryType()
  if (!operation || operation.operation !== 'query' || !queryType) throw new GraphQLError('Must provide an operation.')
  const values = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
  if (values.errors !== undefined) throw variableError(values.errors[0]!)
  const query: PreparedQuery = { operation, fragments: checked.fragments, variableValues: values.variableValues }
  const { coerced } = values.variableValues
  const shape = JSON.stringify([operationName, checked.shaping.map((name) => coerced[name])])
  const found = collectFields([operation.selectionSet], query)
  let compiled = checked.compiled.get(shape)
  if (compiled === undefined) {
    compiled = compileRoots(found, query, queryType.getFields(), options)
    if (checked.compiled.size >= KNOWN_SELECTIONS) checked.compiled.clear()
    checked.compiled.set(shape, compiled)
  }
  return [...found].map(([key, [node]]): RunnableField => {
    const field = queryType.getFields()[node!.name.value]
    const root = compiled.get(key)
    if (root === undefined || field === undefined) {
      return node!.name.value === '__typename'
        ? { key, kind: 'typename', typeName: queryType.name }
        : { key, kind: 'introspection' }
    }
    const args = getArgumentValues(field, node!, query.variableValues) as unknown as RootArguments
    return { key, kind: 'root', compiled: root, args }
  })
}

function compileRoots(
  found: ReturnType<typeof collectFields>,
  query: PreparedQuery,
  fields: Readonly<Record<string, GraphQLField<unknown, unknown>>>,
  options: ProjectionOptions,
): ReadonlyMap<string, CompiledRoot> {
  const compiled = new Map<string, CompiledRoot>()
  for (const [key, nodes] of found) {
    const name = nodes[0]?.name.value ?? ''
    const field = fields[name]
    const root = Object.values(ROOTS).find((candidate) => candidate.name === name)
    const type = field && getNamedType(field.type)
    if (root === undefined || !isObjectType(type)) continue
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
    compiled.set(key, compileRoot(root, selectFields(sets, type, query), options))
  }
  return compiled
}
