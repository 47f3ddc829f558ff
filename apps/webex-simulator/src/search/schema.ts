/** The GraphQL schema, generated from the field table. Argument and input names are the vendor's; most output type names are not public. */
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
import type { GraphQLFieldConfig, GraphQLFieldConfigArgumentMap, GraphQLOutputType } from 'graphql'
import { isRecord, recordsIn } from '../json.ts'
import { ROOTS } from './field-table.ts'
import type { LeafType, Root, RootName } from './field-table.ts'
import { filterTypesOf, VariablePredicate } from './filter-types.ts'
import type { FilterTypes } from './filter-types.ts'
import { GLOBAL_VARIABLE_TYPES, globalVariablesOf, isGlobalVariableKind } from './global-variables.ts'
import type { GlobalVariableKind } from './global-variables.ts'
import { GROUPED, isGrouped, variableId } from './grouped-row.ts'
import { innerPage } from './inner-page.ts'
import { INTERVALS } from './intervals.ts'
import { resolveRoot } from './resolve-root.ts'
import type { RootArguments } from './resolve-root.ts'
import { JsonScalar, Long } from './scalars.ts'
import type { SearchContext } from './search-context.ts'
import { selectedLeaves } from './selection.ts'
import { toTree } from './tree.ts'
import type { Tree } from './tree.ts'

type FieldConfig = GraphQLFieldConfig<unknown, SearchContext>
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
    fields: { name: { type: GraphQLString }, value: { type: OUTPUT[GLOBAL_VARIABLE_TYPES[kind]] } },
  })

/** Tasks and legs share these types. */
const VARIABLES: Readonly<Record<GlobalVariableKind, GraphQLObjectType>> = {
  stringGlobalVariables: variableType('stringGlobalVariables'),
  integerGlobalVariables: variableType('integerGlobalVariables'),
  longGlobalVariables: variableType('longGlobalVariables'),
  doubleGlobalVariables: variableType('doubleGlobalVariables'),
  booleanGlobalVariables: variableType('booleanGlobalVariables'),
}

/** A variable the record never carried is `{ name: null, value: null }`, as in public answers. */
function variable(kind: GlobalVariableKind): FieldConfig {
  return {
    type: VARIABLES[kind],
    args: { name: { type: new GraphQLNonNull(GraphQLString) } },
    resolve: (source, { name }: { name: string }) => {
      if (isGrouped(source)) return { name, value: source[GROUPED].variables.get(variableId(kind, name)) ?? null }
      const found = isRecord(source) ? globalVariablesOf(source, kind).find((one) => one.name === name) : undefined
      return found ?? { name: null, value: null }
    },
  }
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
    resolve: (source, args: { first?: number; after?: string }, context, info) => {
      if (isGrouped(source)) return source['activities'] ?? null
      const connection = isRecord(source) ? source['activities'] : null
      const time = selectedLeaves(info, 'nodes').find(({ path }) => path === root.activityTime)
      return innerPage(isRecord(connection) ? recordsIn(connection['nodes']) : [], {
        ...args,
        time: root.activityTime,
        oldestFirst: time?.args['sort'] === 'asc',
        ties: context.innerTies,
      })
    },
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

function objectType(root: Root, name: string, tree: Tree, path: string): GraphQLObjectType {
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

function aggregationInput(root: Root, { filter, extFilter }: FilterTypes): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: `${OUTPUT_NAMES[root.name][0]}V2Aggregation`,
    fields: {
      field: { type: new GraphQLNonNull(GraphQLString) },
      type: { type: new GraphQLNonNull(AggregationKind) },
      name: { type: new GraphQLNonNull(GraphQLString) },
      filter: { type: filter },
      ...(extFilter === undefined ? {} : { extFilter: { type: extFilter } }),
      predicate: { type: VariablePredicate },
    },
  })
}

function argumentsOf(root: Root): GraphQLFieldConfigArgumentMap {
  const types = filterTypesOf(root)
  const aggregation = aggregationInput(root, types)
  const deprecated = new GraphQLInputObjectType({
    name: `${OUTPUT_NAMES[root.name][0]}AggregationFilters`,
    fields: { aggr: { type: new GraphQLList(aggregation) } },
  })
  return {
    from: { type: new GraphQLNonNull(Long) },
    to: { type: new GraphQLNonNull(Long) },
    ...(root.name === 'agentSession' ? {} : { timeComparator: { type: QueryTimeType } }),
    filter: { type: types.filter },
    ...(types.extFilter === undefined ? {} : { extFilter: { type: types.extFilter } }),
    aggregation: { type: deprecated },
    aggregations: { type: new GraphQLList(aggregation) },
    aggregationInterval: { type: IntervalData },
    pagination: { type: Pagination },
  }
}

function rootField(root: Root): FieldConfig {
  const [rowName, listName] = OUTPUT_NAMES[root.name]
  const row = objectType(root, rowName, toTree(root.fields.values()), '').toConfig()
  const Row = new GraphQLObjectType({
    ...row,
    fields: {
      ...row.fields,
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
    resolve: (_source, args: RootArguments, context, info) => resolveRoot(root, args, context, info),
  }
}

export const searchSchema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: Object.fromEntries(Object.values(ROOTS).map((root) => [root.name, rootField(root)])),
  }),
})
