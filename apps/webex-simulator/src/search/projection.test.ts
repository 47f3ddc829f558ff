/** The compiled projection against graphql-js: both must give the same answer, byte for byte once numbers are read. */
import { execute, getNamedType, isObjectType, parse, validate } from 'graphql'
import type { GraphQLFieldResolver, GraphQLObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { textOf } from '../json.ts'
import { listedSource } from '../listed-source.ts'
import { randomFor } from '../life/random.ts'
import type { Random } from '../life/random.ts'
import type { Json, RecordOf } from '../world.ts'
import { executeSearch } from './execute-search.ts'
import { ROOTS } from './field-table.ts'
import type { LeafType, Root, RootName } from './field-table.ts'
import { GLOBAL_VARIABLE_TYPES, isGlobalVariableKind } from './global-variables.ts'
import { searchSchema } from './schema.ts'
import { contextOfWorld, EMPTY_WORLD } from './search-context.testing.ts'

const FROM = Date.parse('2026-03-02T00:00:00Z')
const TO = FROM + 3_600_000
const ROOT_NAMES: readonly RootName[] = ['taskDetails', 'task', 'taskLegDetails', 'agentSession']

const TEXTS = ['plain', 'with "quotes"', 'back\\slash', 'line\nbreak', 'Żółć', '😀', '\ud800', '', '-1', '7']

function valueOf(type: LeafType, random: Random): Json | undefined {
  if (random.chance(0.2)) return random.chance(0.5) ? null : undefined
  switch (type) {
    case 'Int':
      return random.pick([0, -1, 42, 2_147_483_647, 2_147_483_648, 1.5, '12', true])
    case 'Long':
      return random.pick([FROM, -1, 0, '13125550100'])
    case 'Float':
      return random.pick([0, 24, 0.1, 135_725_710, 1e-5, -3.25, '2.5'])
    case 'Boolean':
      return random.pick([true, false, 1, 0])
    case 'JSON':
      return random.pick<Json>([[{ name: 'Topic', textValue: 'a"b' }], { a: [1, null] }, 'text', 3])
    default:
      return random.pick<Json>([...TEXTS, 5, true])
  }
}

/** Records with every field of the table, right and odd values mixed. */
function recordOf(root: Root, at: number, random: Random): RecordOf {
  const record = elementOf(root, 0, random)
  const id = `record-${String(at).padStart(3, '0')}`
  const variables = { Language: 'de', Visits: 3, Share: 0.5, IsKnown: true }
  const own = root.name === 'agentSession' ? { agentSessionId: id } : { id, globalVariables: variables }
  return { ...record, ...own, [root.recordTime]: FROM + at * 1000 }
}

function elementOf(root: Root, depth: number, random: Random): { [key: string]: Json } {
  const element: { [key: string]: Json } = {}
  for (const field of root.fields.values()) {
    if (field.depth !== depth || isGlobalVariableKind(field.keys[0] ?? '')) continue
    const value = valueOf(field.type, random)
    if (value !== undefined) put(element, field.keys, value)
  }
  const list = root.lists[depth]
  if (list === undefined) return element
  const below = Array.from(
    { length: random.pick(depth + 1 === root.lists.length ? [0, 1, 3, 30] : [0, 1, 2]) },
    (_, position) => {
      const made = elementOf(root, depth + 1, random)
      if (depth + 1 === root.lists.length) made[root.activityTime] = FROM + position * random.pick([1000, 1000, 0])
      return made
    },
  )
  element[list.split('.').slice(depth)[0] ?? ''] = list.endsWith('activities.nodes') ? { nodes: below } : below
  return element
}

function put(into: { [key: string]: Json }, keys: readonly string[], value: Json): void {
  const [first = '', ...rest] = keys
  if (rest.length === 0) into[first] = value
  else put((into[first] ??= {}) as { [key: string]: Json }, rest, value)
}

/** A selection nobody thought of: any fields, aliases, fragments, directives, arguments. */
function selectionOf(type: GraphQLObjectType, random: Random, depth = 0): string {
  const fields = Object.values(type.getFields()).filter((field) => field.name !== 'aggregation')
  const chosen = fields.filter(() => random.chance(depth === 0 ? 0.3 : 0.5))
  const parts = (chosen.length === 0 ? fields.slice(0, 1) : chosen).map((field, position) => {
    const inner = getNamedType(field.type)
    const args: string[] = []
    const has = (name: string) => field.args.some((argument) => argument.name === name)
    if (has('sort') && field.name === 'createdTime' && depth > 0 && random.chance(0.5)) args.push('sort: asc')
    if (has('first') && random.chance(0.5)) args.push(`first: ${random.pick([1, 2, 100])}`)
    if (has('name')) args.push(`name: "${random.pick(['Language', 'Visits', 'Share', 'IsKnown', 'Nothing'])}"`)
    const alias = random.chance(0.3) ? `alias${depth}x${position}: ` : ''
    const list = args.length === 0 ? '' : `(${args.join(', ')})`
    const directive = random.chance(0.1)
      ? ` ${random.pick(['@include(if: $yes)', '@skip(if: $yes)', '@skip(if: false)'])}`
      : ''
    // Arguments of one key must agree: whoever has arguments gets a name of its own.
    const own = list === '' ? alias : `own${depth}x${position}: `
    const below = isObjectType(inner) ? ` { ${selectionOf(inner, random, depth + 1)} }` : ''
    return `${own}${field.name}${list}${directive}${below}`
  })
  if (random.chance(0.3)) parts.push('__typename')
  const half = Math.floor(parts.length / 2)
  return random.chance(0.4) && half > 0
    ? `${parts.slice(0, half).join(' ')} ... on ${type.name} { ${parts.slice(half).join(' ')} ${parts[0]} }`
    : parts.join(' ')
}

/** What each field is, said as plainly as possible. */
function naively(root: Root, records: readonly RecordOf[]): GraphQLFieldResolver<unknown, unknown> {
  return (source, args, _context, { fieldName, parentType, returnType }) => {
    if (parentType.name === 'Query') {
      return { [root.listField]: records, pageInfo: { hasNextPage: false, endCursor: null }, intervalInfo: null }
    }
    const object = source as Record<string, unknown>
    if (fieldName === 'activities') return naivePage(root, object, args)
    if (isGlobalVariableKind(fieldName)) {
      const value = (object['globalVariables'] as Record<string, unknown> | undefined)?.[String(args['name'])]
      const types = { String: ['string'], Int: ['number'], Long: ['number'], Float: ['number'], Boolean: ['boolean'] }
      const type = GLOBAL_VARIABLE_TYPES[fieldName]
      const fits =
        types[type].includes(typeof value) && (type === 'Float' || typeof value !== 'number' || Number.isInteger(value))
      return fits ? { name: args['name'], value } : { name: null, value: null }
    }
    if (fieldName === 'intervalInfo') return null
    return (
      object[fieldName] ?? (isObjectType(getNamedType(returnType)) && !String(returnType).startsWith('[') ? {} : null)
    )
  }
}

function naivePage(root: Root, object: Record<string, unknown>, args: Readonly<Record<string, unknown>>): unknown {
  const all = ((object['activities'] as { nodes?: RecordOf[] } | undefined)?.nodes ?? []).toReversed()
  const time = (node: RecordOf | undefined) => Number(node?.[root.activityTime])
  // Reversed before it is sorted: rows of one millisecond come in the reverse of the order they happened in.
  const newestFirst = all.toSorted((a, b) => time(b) - time(a))
  const first = Number(args['first'] ?? 25)
  const nodes = newestFirst.slice(0, first)
  const hasNextPage = newestFirst.length > nodes.length
  const endCursor = hasNextPage ? String(time(nodes.at(-1))) : null
  return { totalCount: all.length, nodes, pageInfo: { hasNextPage, endCursor } }
}

function rowTypeOf(root: Root): GraphQLObjectType {
  const list = getNamedType(searchSchema.getQueryType()!.getFields()[root.name]!.type) as GraphQLObjectType
  return getNamedType(list.getFields()[root.listField]!.type) as GraphQLObjectType
}

async function bothAnswers(rootName: RootName, seed: number) {
  const root = ROOTS[rootName]
  const random = randomFor(seed, 'projection', rootName)
  const records = Array.from({ length: 6 }, (_, at) => recordOf(root, at, random))
  const id = root.name === 'agentSession' ? 'agentSessionId' : 'id'
  const listed = records.map((record) => ({ id: textOf(record[id]), time: Number(record[root.recordTime]), record }))
  const source = listedSource({ at: () => listed, settlesWithinMs: 0 })
  const world = { ...EMPTY_WORLD, tasks: source, taskLegs: source, agentSessions: source }
  // `sort` of inner nodes is judged elsewhere; the plain reference knows newest first only.
  const row = selectionOf(rowTypeOf(root), random).replaceAll('(sort: asc)', '')
  const query = `query ($yes: Boolean!) { answer: ${rootName}(from: ${FROM}, to: ${TO}) {
    ${root.listField} { ${row} } pageInfo { hasNextPage endCursor } intervalInfo { interval } __typename @include(if: $yes) } }`
  expect(validate(searchSchema, parse(query)).map(({ message }) => message)).toEqual([])
  const ordered = root.name === 'agentSession' ? records : records.toReversed()
  const expected = await execute({
    schema: searchSchema,
    document: parse(query),
    variableValues: { yes: true },
    fieldResolver: naively(root, ordered),
  })
  const context = contextOfWorld(world, TO + 1, { innerTies: 'skip' })
  const outcome = await executeSearch({ query, variables: { yes: true }, operationName: undefined }, context)
  return { expected: JSON.stringify(expected.data), outcome }
}

describe('projection', () => {
  it.each(ROOT_NAMES)('%s: is what graphql-js would answer, for selections of any shape', async (root) => {
    for (let seed = 0; seed < 10; seed++) {
      const { expected, outcome } = await bothAnswers(root, seed)
      if (outcome.kind !== 'answered') throw new Error(JSON.stringify(outcome))
      expect(JSON.stringify(JSON.parse(outcome.body.toString()).data)).toBe(expected)
    }
  })
})
