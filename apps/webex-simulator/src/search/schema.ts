/**
 * The GraphQL schema, generated from the field table: types only, for validation and for compiling selections (webex-cc-api §3.3). Argument and
 * input names are the vendor's; most output type names are not public.
 */
import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql'
import type { GraphQLFieldConfig, GraphQLFieldConfigArgumentMap, GraphQLOutputType, GraphQLScalarType } from 'graphql'
import { ROOTS } from './field-table.ts'
import type { LeafType, Root, RootName } from './field-table.ts'
import { filterTypesOf, VariablePredicate } from './filter-types.ts'
import type { FilterTypes } from './filter-types.ts'
import { GLOBAL_VARIABLE_TYPES, isGlobalVariableKind } from './global-variables.ts'
import type { GlobalVariableKind } from './global-variables.ts'
import { INTERVALS } from './intervals.ts'
import { FieldName, JsonScalar, Long } from './scalars.ts'
import { toTree } from './tree.ts'
import type { Tree } from './tree.ts'

type FieldConfig = GraphQLFieldConfig<unknown, unknown>
type FieldConfigs = Record<string, FieldConfig>

const OUTPUT: Readonly<Record<LeafType, GraphQLOutputType>> = {
  String: GraphQLString,
  Int: GraphQLInt,
  Long,
  Float: GraphQLFloat,
  Boolean: GraphQLBoolean,
  JSON: JsonScalar,
  ChannelType: GraphQLString,
  AgentState: GraphQLString,
}

const enumOf = (name: string, values: readonly string[]) =>
  new GraphQLEnumType({ name, values: Object.fromEntries(values.map((value) => [value, { value }])) })

const SortOrder = enumOf('SortOrder', ['asc', 'desc'])
const QueryTimeType = enumOf('QueryTimeType', ['createdTime', 'endedTime'])
const AggregationKind = enumOf('AggregationType', ['count', 'cardinality', 'sum', 'average', 'min', 'max'])
const IntervalEnum = enumOf('Interval', INTERVALS)

const Pagination = new GraphQLInputObjectType({ name: 'Pagination', fields: { cursor: { type: GraphQLString } } })
const IntervalData = new GraphQLInputObjectType({
  name: 'IntervalData',
  fields: { interval: { type: new GraphQLNonNull(IntervalEnum) }, timezone: { type: GraphQLString } },
})
const PageInfo = new GraphQLObjectType({
  name: 'PageInfo',
  fields: { hasNextPage: { type: GraphQLBoolean }, endCursor: { type: GraphQLString } },
})
const IntervalInfo = new GraphQLObjectType({
  name: 'IntervalInfo',
  fields: { interval: { type: GraphQLString }, timezone: { type: GraphQLString } },
})
const AggregationResult = new GraphQLObjectType({
  name: 'Aggregation',
  fields: { name: { type: GraphQLString }, value: { type: GraphQLFloat } },
})

const sortArgument: GraphQLFieldConfigArgumentMap = { sort: { type: SortOrder } }

function leaf(node: Tree): FieldConfig {
  const field = node.field
  const type = OUTPUT[field?.type ?? 'String']
  return field?.canSort ? { type, args: sortArgument } : { type }
}

const variableType = (kind: GlobalVariableKind) =>
  new GraphQLObjectType({
    name: kind.charAt(0).toUpperCase() + kind.slice(1),
    fields: {
      name: { type: GraphQLString, args: sortArgument },
      value: { type: OUTPUT[GLOBAL_VARIABLE_TYPES[kind]], args: sortArgument },
    },
  })

/** Tasks and legs share these types. */
const VARIABLES: Readonly<Record<GlobalVariableKind, GraphQLObjectType>> = {
  stringGlobalVariables: variableType('stringGlobalVariables'),
  integerGlobalVariables: variableType('integerGlobalVariables'),
  longGlobalVariables: variableType('longGlobalVariables'),
  doubleGlobalVariables: variableType('doubleGlobalVariables'),
  booleanGlobalVariables: variableType('booleanGlobalVariables'),
}

function variable(kind: GlobalVariableKind): FieldConfig {
  return { type: VARIABLES[kind], args: { name: { type: new GraphQLNonNull(GraphQLString) } } }
}

function activities(root: Root, prefix: string, nodes: Tree): FieldConfig {
  const Activity = objectType(root, `${prefix}Activity`, nodes, root.lists.at(-1) ?? '')
  return {
    type: new GraphQLObjectType({
      name: `${prefix}Activities`,
      fields: {
        totalCount: { type: GraphQLInt },
        nodes: { type: new GraphQLList(Activity) },
        pageInfo: { type: PageInfo },
      },
    }),
    args: { first: { type: GraphQLInt }, after: { type: GraphQLString } },
  }
}

function childField(root: Root, name: string, path: string, node: Tree): FieldConfig {
  if (node.field !== undefined) return leaf(node)
  const key = path.split('.').at(-1) ?? ''
  if (isGlobalVariableKind(key)) return variable(key)
  const prefix = name + key.charAt(0).toUpperCase() + key.slice(1)
  const nodes = node.children.get('nodes')
  if (path === root.activityList && nodes !== undefined) return activities(root, name, nodes)
  const type = objectType(root, prefix, node, path)
  return { type: root.lists.includes(path) ? new GraphQLList(type) : type }
}

/** What the vendor calls an agent wherever one stands: owner, lastAgent, nextDestination.agent. */
const AGENT_KEYS = 'id,name,signInId,sessionId,phoneNumber,channelId'
const AgentInfo = new GraphQLObjectType({
  name: 'AgentInfo',
  fields: Object.fromEntries(AGENT_KEYS.split(',').map((key) => [key, { type: GraphQLString, args: sortArgument }])),
})

function isAgent({ children }: Tree): boolean {
  return [...children.keys()].join() === AGENT_KEYS && [...children.values()].every((node) => node.field?.canSort)
}

function objectType(root: Root, name: string, tree: Tree, path: string): GraphQLObjectType {
  if (isAgent(tree)) return AgentInfo
  const fields: FieldConfigs = {}
  for (const [key, node] of tree.children) {
    fields[key] = childField(root, name, path === '' ? key : `${path}.${key}`, node)
  }
  return new GraphQLObjectType({ name, fields })
}

const OUTPUT_NAMES: Readonly<Record<RootName, readonly [row: string, list: string]>> = {
  taskDetails: ['TaskDetails', 'TaskDetailsList'],
  task: ['Task', 'TaskList'],
  taskLegDetails: ['TaskLegDetails', 'TaskLegDetailsList'],
  agentSession: ['AgentSession', 'AgentSessions'],
}

const AGGREGATION_NAMES: Readonly<Record<RootName, string>> = {
  taskDetails: 'TaskV2Aggregation',
  task: 'TaskAggregation',
  taskLegDetails: 'TaskLegV2Aggregation',
  agentSession: 'AgentSessionV2Aggregation',
}

function aggregationInput(
  name: string,
  field: GraphQLScalarType,
  { filter, extFilter }: FilterTypes,
): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name,
    fields: {
      field: { type: new GraphQLNonNull(field) },
      type: { type: new GraphQLNonNull(AggregationKind) },
      name: { type: new GraphQLNonNull(GraphQLString) },
      filter: { type: filter },
      ...(extFilter === undefined ? {} : { extFilter: { type: extFilter } }),
      predicate: { type: VariablePredicate },
    },
  })
}

/** The form before `aggregations`, which the two roots of tasks still take. Public queries of its time write the field as a bare word. */
function deprecatedAggregation(root: Root, types: FilterTypes): GraphQLFieldConfigArgumentMap {
  if (root.listField !== 'tasks') return {}
  const name = root.name === 'task' ? 'TaskAggregationFilters' : 'TaskDetailsAggregationFilters'
  const element = aggregationInput(`${name}Aggr`, FieldName, types)
  const type = new GraphQLInputObjectType({ name, fields: { aggr: { type: new GraphQLList(element) } } })
  return { aggregation: { type, deprecationReason: 'aggregations' } }
}

function argumentsOf(root: Root): GraphQLFieldConfigArgumentMap {
  const types = filterTypesOf(root)
  const aggregation = aggregationInput(AGGREGATION_NAMES[root.name], GraphQLString, types)
  return {
    from: { type: new GraphQLNonNull(Long) },
    to: { type: new GraphQLNonNull(Long) },
    ...(root.name === 'agentSession' ? {} : { timeComparator: { type: QueryTimeType } }),
    // A public query of 2026 has it: how many days before `from` a task compared by its end may have begun. Here none is missed without it.
    ...(root.name === 'taskDetails' ? { startTimeLookBackDays: { type: GraphQLInt } } : {}),
    filter: { type: types.filter },
    ...(types.extFilter === undefined ? {} : { extFilter: { type: types.extFilter } }),
    ...deprecatedAggregation(root, types),
    aggregations: { type: new GraphQLList(aggregation) },
    aggregationInterval: { type: IntervalData },
    pagination: { type: Pagination },
  }
}

function retiredList(root: Root, name: string, members: readonly string[]): FieldConfig {
  const [rowName] = OUTPUT_NAMES[root.name]
  const fields = Object.fromEntries(
    members.map((member) => [member, { type: member === 'duration' ? Long : GraphQLString }]),
  )
  const type = new GraphQLObjectType({ name: `${rowName}${name.charAt(0).toUpperCase()}${name.slice(1)}`, fields })
  return { type: new GraphQLList(type), deprecationReason: 'in no dictionary any more' }
}

function rootField(root: Root): FieldConfig {
  const [rowName, listName] = OUTPUT_NAMES[root.name]
  const row = objectType(root, rowName, toTree(root.fields.values()), '').toConfig()
  const Row = new GraphQLObjectType({
    ...row,
    fields: {
      ...row.fields,
      ...Object.fromEntries(
        Object.entries(root.retired).map(([name, members]) => [name, retiredList(root, name, members)]),
      ),
      intervalStartTime: { type: Long, args: sortArgument },
      aggregation: { type: new GraphQLList(AggregationResult) },
    },
  })
  return {
    type: new GraphQLObjectType({
      name: listName,
      fields: {
        [root.listField]: { type: new GraphQLList(Row) },
        pageInfo: { type: PageInfo },
        intervalInfo: { type: IntervalInfo },
      },
    }),
    args: argumentsOf(root),
  }
}

export const searchSchema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: Object.fromEntries(Object.values(ROOTS).map((root) => [root.name, rootField(root)])),
  }),
})
