/** Input types of `filter`, `extFilter` and `predicate`, made from the filterable fields of the table. */
import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLString,
} from 'graphql'
import type { GraphQLInputFieldConfigMap, GraphQLInputType } from 'graphql'
import { NUMERIC } from './field-table.ts'
import type { Field, LeafType, Root } from './field-table.ts'
import { GLOBAL_VARIABLE_TYPES } from './global-variables.ts'
import { AgentState, JsonScalar, Long } from './scalars.ts'
import { toTree } from './tree.ts'
import type { Tree } from './tree.ts'

/** Values seen in public answers; `social` is what sessions call `social_channel`. */
const CHANNELS = ['telephony', 'email', 'chat', 'social_channel', 'social', 'video', 'workItem', 'customMessaging']
const ChannelTypes = new GraphQLEnumType({
  name: 'ChannelTypes',
  values: Object.fromEntries(CHANNELS.map((name) => [name, { value: name }])),
})

const OPERAND: Readonly<Record<LeafType, GraphQLInputType>> = {
  String: GraphQLString,
  Int: GraphQLInt,
  Long,
  Float: GraphQLFloat,
  Boolean: GraphQLBoolean,
  JSON: JsonScalar,
  ChannelType: ChannelTypes,
  AgentState,
}

function operatorsOf(type: LeafType): readonly string[] {
  if (NUMERIC.has(type)) return ['equals', 'notequals', 'gt', 'gte', 'lt', 'lte']
  return type === 'String' ? ['equals', 'notequals', 'contains', 'match'] : ['equals', 'notequals']
}

function expressionType(type: LeafType): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: `${type}Expression`,
    fields: Object.fromEntries(operatorsOf(type).map((operator) => [operator, { type: OPERAND[type] }])),
  })
}

const EXPRESSIONS: Readonly<Record<LeafType, GraphQLInputObjectType>> = {
  String: expressionType('String'),
  Int: expressionType('Int'),
  Long: expressionType('Long'),
  Float: expressionType('Float'),
  Boolean: expressionType('Boolean'),
  JSON: expressionType('JSON'),
  ChannelType: expressionType('ChannelType'),
  AgentState: expressionType('AgentState'),
}

function variableFilters(): GraphQLInputFieldConfigMap {
  return Object.fromEntries(
    Object.entries(GLOBAL_VARIABLE_TYPES).map(([kind, type]) => [
      kind,
      {
        type: new GraphQLInputObjectType({
          name: `${kind}Filter`,
          fields: { name: { type: EXPRESSIONS.String }, value: { type: EXPRESSIONS[type] } },
        }),
      },
    ]),
  )
}

const VARIABLE_FILTERS = variableFilters()

/** `predicate` of an aggregation: which global variable it reads. */
export const VariablePredicate = new GraphQLInputObjectType({ name: 'VariablePredicate', fields: VARIABLE_FILTERS })

const inputName = (prefix: string, key: string) => `${prefix}_${key}`

function inputField(name: string, node: Tree): { type: GraphQLInputType } {
  // Skills: `{ name: { equals: "Spanish" }, intVal: { gte: 5 } }`, with members the vendor does not list.
  if (node.field?.type === 'JSON') return { type: JsonScalar }
  if (node.field !== undefined) return { type: EXPRESSIONS[node.field.type] }
  return { type: new GraphQLInputObjectType({ name, fields: objectFields(name, node) }) }
}

/** A list, or what holds one, has no value of its own to compare with. */
const CONTAINERS: ReadonlySet<string> = new Set(['channelInfo', 'activities', 'nodes'])

/** Members of an object to compare whole objects with: `owner: { notequals: { id: null } }`. */
function valueType(name: string, node: Tree): GraphQLInputObjectType {
  const fields: GraphQLInputFieldConfigMap = {}
  for (const [key, child] of node.children) {
    fields[key] = {
      type: child.field === undefined ? valueType(inputName(`${name}_Value`, key), child) : OPERAND[child.field.type],
    }
  }
  return new GraphQLInputObjectType({ name: `${name}_Value`, fields })
}

function objectFields(prefix: string, tree: Tree): GraphQLInputFieldConfigMap {
  const fields: GraphQLInputFieldConfigMap = {}
  if (!CONTAINERS.has(prefix.split('_').at(-1) ?? '')) {
    const value = { type: valueType(prefix, tree) }
    fields['equals'] = value
    fields['notequals'] = value
  }
  return { ...fields, ...membersOf(prefix, tree) }
}

function membersOf(prefix: string, tree: Tree): GraphQLInputFieldConfigMap {
  const fields: GraphQLInputFieldConfigMap = {}
  for (const [key, node] of tree.children) fields[key] = inputField(inputName(prefix, key), node)
  return fields
}

function filterType(name: string, fields: readonly Field[], withVariables: boolean): GraphQLInputObjectType {
  const type: GraphQLInputObjectType = new GraphQLInputObjectType({
    name,
    fields: () => {
      const own = membersOf(name, toTree(fields))
      const groups = { and: { type: new GraphQLList(type) }, or: { type: new GraphQLList(type) }, not: { type } }
      return { ...groups, ...own, ...(withVariables ? VARIABLE_FILTERS : {}) }
    },
  })
  return type
}

const FILTER_NAMES = {
  taskDetails: ['TaskDetailsFilters', 'TaskDetailsSpecificFilters'],
  task: ['TaskFilters', ''],
  taskLegDetails: ['TaskLegDetailsFilters', ''],
  agentSession: ['AgentSessionFilters', 'AgentSessionSpecificFilters'],
} as const

export interface FilterTypes {
  readonly filter: GraphQLInputObjectType
  readonly extFilter: GraphQLInputObjectType | undefined
}

/** `filter` takes what is filterable at record level (and of channels), `extFilter` what is filterable in activities. */
export function filterTypesOf(root: Root): FilterTypes {
  const [filterName, extFilterName] = FILTER_NAMES[root.name]
  const filterable = [...root.fields.values()].filter(
    (field) => field.canFilter && !field.path.includes('GlobalVariables'),
  )
  return {
    filter: filterType(
      filterName,
      filterable.filter((field) => field.depth <= root.filterDepth),
      root.name !== 'agentSession',
    ),
    extFilter:
      extFilterName === ''
        ? undefined
        : filterType(
            extFilterName,
            filterable.filter((field) => field.depth > root.filterDepth),
            false,
          ),
  }
}
