import { GraphQLError, getVariableValues, Kind, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { searchSchema } from './schema.ts'
import { searchRules, searchRulesFor, syntaxError, variableError } from './validation-rules.ts'

const errorsOf = (query: string, rules = searchRules) =>
  validate(searchSchema, parse(query), rules).map((error) => error.message)

describe('validation errors', () => {
  it.each([
    [
      '{ task(from: 1, to: 2) { tasks { nope } } }',
      "(FieldUndefined@[task/tasks/nope]) : Field 'nope' in type 'Task' is undefined",
    ],
    ['{ task(to: 2) { tasks { id } } }', "(MissingFieldArgument@[task]) : Missing field argument 'from'"],
    ['{ task(from: 1, to: 2, foo: 3) { tasks { id } } }', "(UnknownArgument@[task]) : Unknown field argument 'foo'"],
    [
      '{ task(from: null, to: 2) { tasks { id } } }',
      "(NullValueForNonNullArgument@[task]) : Null value for non-null field argument 'from'",
    ],
    [
      '{ task(from: "x", to: 2) { tasks { id } } }',
      "(WrongType@[task]) : argument 'from' with value 'StringValue{value='x'}' is not a valid 'Long' - Expected an AST type of 'IntValue' but it was a 'StringValue'",
    ],
    [
      '{ task(from: 1, to: 2, filter: { id: { equals: 5 } }) { tasks { id } } }',
      "(WrongType@[task]) : argument 'filter.id.equals' with value 'IntValue{value=5}' is not a valid 'String' - Expected an AST type of 'StringValue' but it was a 'IntValue'",
    ],
    [
      '{ task(from: 1, to: 2, filter: { channelType: { equals: "telephony" } }) { tasks { id } } }',
      "is not a valid 'ChannelTypes'",
    ],
    [
      '{ task(from: 1, to: 2, filter: { nope: { equals: 5 } }) { tasks { id } } }',
      "contains a field not in 'TaskFilters': 'nope'",
    ],
    [
      '{ taskDetails(from: 1, to: 2, aggregations: [{ field: "id", type: avg, name: "n" }]) { tasks { aggregation { value } } } }',
      "is not a valid 'AggregationType' - Literal value not in allowable values for enum 'AggregationType' - 'EnumValue{name='avg'}'",
    ],
    [
      '{ task(from: 1, to: 2) { tasks { owner } } }',
      "(SubselectionRequired@[task/tasks/owner]) : Subselection required for type 'AgentInfo' of field 'owner'",
    ],
    [
      '{ task(from: 1, to: 2) { tasks { id { x } } } }',
      "(SubselectionNotAllowed@[task/tasks/id]) : Subselection not allowed on leaf type 'String' of field 'id'",
    ],
    [
      'query($x: Int!) { task(from: $x, to: 2) { tasks { id } } }',
      "Variable type 'Int!' does not match expected type 'Long!'",
    ],
    ['{ task(from: $x, to: 2) { tasks { id } } }', "Undefined variable 'x'"],
    ['{ __schema { types { name } } }', "(FieldUndefined@[__schema]) : Field '__schema' in type 'Query' is undefined"],
  ])('%s', (query, words) => {
    expect(errorsOf(query).join('\n')).toContain(words)
  })

  it('find their place again after a document that was given up', () => {
    const hopeless = `{ task(from: 1, to: 2, filter: { ${Array.from({ length: 150 }, (_, n) => `f${n}: 1`).join(' ')} }) { tasks { id } } }`
    errorsOf(hopeless)
    expect(errorsOf('{ task(from: 1, to: 2, foo: 3) { tasks { id } } }')).toEqual([
      "Validation error (UnknownArgument@[task]) : Unknown field argument 'foo'",
    ])
  })

  it('let introspection through when it is switched on', () => {
    expect(errorsOf('{ __schema { types { name } } }', searchRulesFor({ introspection: true }))).toEqual([])
  })

  it('are classified and located', () => {
    const [error] = validate(searchSchema, parse('{ task(from: 1, to: 2) { tasks { nope } } }'), searchRules)
    expect(error?.toJSON()).toMatchObject({
      locations: [{ line: 1, column: 34 }],
      extensions: { classification: 'ValidationError' },
    })
  })
})

describe('valid, by public queries of several years', () => {
  it.each([
    '{ task(from: 1, to: 2, aggregation: { aggr: [{ field: totalDuration, type: sum, name: "n" }] }) { tasks { origin aggregation { value } } } }',
    '{ task(from: "1", to: "2", filter: { callbackData: { equals: { callbackStatus: "Success" } } }) { tasks { channelMetaData { email { metaData } } } } }',
    '{ taskDetails(from: 1, to: 2, timeComparator: endedTime, startTimeLookBackDays: 1) { tasks { id queues { id name duration } sites { id } } } }',
    '{ taskDetails(from: 1, to: 2, extFilter: { and: [{ activities: { nodes: { duration: { gt: 1 } } } }] }) { tasks { id } } }',
    '{ agentSession(from: 1, to: 2, filter: { channelInfo: { currentState: { equals: idle } }, agentSkills: { intVal: { gte: 9 } } }) { agentSessions { intervalStartTime(sort: asc) } } }',
    '{ agentSession(from: 1, to: 2, filter: { channelInfo: { channelType: { equals: "telephony" }, currentState: { equals: "on-hold" } } }) { agentSessions { agentId } } }',
    'query($a: [TaskV2Aggregation], $i: IntervalData, $p: Pagination) { taskDetails(from: 1, to: 2, aggregations: $a, aggregationInterval: $i, pagination: $p) { tasks { aggregation { value } } } }',
    'query($f: AgentSessionFilters, $e: AgentSessionSpecificFilters) { agentSession(from: 1, to: 2, filter: $f, extFilter: $e) { agentSessions { agentId } } }',
    'query($q: QueryTimeType, $f: TaskLegDetailsFilters) { taskLegDetails(from: 1, to: 2, timeComparator: $q, filter: $f) { taskLegs { id } } }',
  ])('%s', (query) => {
    expect(errorsOf(query)).toEqual([])
  })
})

it('names the token a text breaks at', () => {
  let broken: unknown
  try {
    parse('{ task(from: {from}) { tasks { id } } }')
  } catch (error) {
    broken = error
  }
  expect(broken).toBeInstanceOf(GraphQLError)
  expect(syntaxError(broken as GraphQLError).toJSON()).toEqual({
    message: "Invalid syntax with offending token '}' at line 1 column 19",
    locations: [{ line: 1, column: 19 }],
    extensions: { classification: 'InvalidSyntax' },
  })
})

describe('variables', () => {
  const [operation] = parse(
    'query($from: Long!, $f: TaskDetailsFilters) { taskDetails(from: $from, to: 2, filter: $f) { tasks { id } } }',
  ).definitions
  const coerce = (values: Record<string, unknown>) => {
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation')
    const { errors } = getVariableValues(searchSchema, operation.variableDefinitions ?? [], values)
    return (errors ?? []).map((error) => variableError(error).message)
  }

  it.each([
    [{ from: 1 }, []],
    [{ from: '1700000000000' }, []],
    [{ from: 1, f: { channelType: { equals: 'telephony' } } }, []],
    [{ from: 1, f: { owner: { notequals: { id: null } }, csatScore: { gte: 4 } } }, []],
    [{}, ["Variable 'from' has coerced Null value for NonNull type 'Long!'"]],
    [{ from: 'soon' }, [expect.stringContaining("Variable 'from' has an invalid value")]],
    [
      { from: 1, f: { channelType: { equals: 'smoke' } } },
      [expect.stringContaining("Variable 'f' has an invalid value")],
    ],
  ])('%j', (values, expected) => {
    expect(coerce(values)).toEqual(expected)
  })
})
