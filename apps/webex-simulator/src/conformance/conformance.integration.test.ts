/** The runner on samples written for this test, and the public ones of the real service where WEBEX_FIXTURES names their folder. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executeSearch } from '../search/execute-search.ts'
import { emptyContext } from '../search/search-context.testing.ts'
import { BLANK_TO } from './fill-in.ts'
import { runConformance } from './conformance.ts'
import type { Conformance } from './conformance.ts'
import { readQuery } from './query-facts.ts'
import { readSamples } from './samples.ts'

const TASK = { id: 'a', createdTime: 2, lastQueue: null }
const answer = (tasks: readonly object[], pageInfo: object = { hasNextPage: false, endCursor: null }) =>
  JSON.stringify({ data: { taskDetails: { tasks, pageInfo } } })
const query = (args: string, fields: string) =>
  `{ taskDetails(from: {from} to: {to} ${args}) { tasks { ${fields} } pageInfo { hasNextPage endCursor } } }`

const SAMPLES: Readonly<Record<string, string>> = {
  'alike.graphql': query('', 'id createdTime lastQueue { name }'),
  'alike.response.json': answer([TASK, { ...TASK, createdTime: 1, lastQueue: { name: 'q' } }]),
  'Filtered.graphql': query('filter: { id: { equals: "of somebody else" } }', 'id createdTime'),
  'Filtered -response.json': answer([{ id: 'a', createdTime: 1 }]),
  'other type.graphql': query('', 'id createdTime'),
  'other type-response.json': answer([{ id: 'a', createdTime: 'yesterday' }]),
  'other order.graphql': query('', 'id createdTime'),
  'other order-response.json': answer([
    { id: 'a', createdTime: 1 },
    { id: 'b', createdTime: 2 },
  ]),
  'other query.graphql': query('', 'id'),
  'other query-response.json': answer([{ id: 'a', origin: 'b' }]),
  'no to.graphql': '{ task(from: 1700000000000) { tasks { id } } }',
  'no field.graphql': query('', 'queue { name }'),
  'wrong.graphql': query('filter: { status: { equals: 5 } }', 'id'),
  'x--people-me.200.json': JSON.stringify({ id: 'a', emails: ['b@c.example'], nickName: null, never: 1 }),
  'variables.request.json': JSON.stringify({
    query:
      'query($from: Long!, $to: Long!, $f: TaskFilters) { task(from: $from, to: $to, filter: $f) { tasks { id } } }',
    variables: { from: '{{then}}', to: '{{now() | epoch}}', f: { origin: { equals: '{{ani}}' } } },
  }),
}

describe('a folder of samples', () => {
  let folder: string
  let result: Conformance
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'conformance-'))
    for (const [name, text] of Object.entries(SAMPLES)) await writeFile(join(folder, name), text)
    result = await runConformance(folder)
  })
  afterAll(async () => rm(folder, { recursive: true }))

  const row = (name: string) => result.rows.find((one) => one.name === name)

  it.each([
    ['alike.graphql', 'accepted', 'equal', /^$/],
    ['Filtered.graphql', 'accepted', 'equal', /^$/],
    ['variables.request.json', 'accepted', 'no published answer', /^$/],
    ['other query.graphql', 'accepted', 'of another version', /tasks\.origin/],
    ['other type.graphql', 'failed', 'differs', /createdTime: Int, published String/],
    ['other order.graphql', 'failed', 'differs', /descending by createdTime, published ascending/],
    ['no to.graphql', 'rejected as expected', 'no published answer', /no to/],
    ['no field.graphql', 'rejected as expected', 'no published answer', /no field queue/],
    ['wrong.graphql', 'failed', 'no published answer', /WrongType/],
  ])('%s: %s, %s', (name, verdict, shape, reason) => {
    expect(row(name)).toMatchObject({ verdict, shape, reason: expect.stringMatching(reason) })
  })

  it('tells of other endpoints without failing them', () => {
    expect(result.endpoints).toMatchObject([
      {
        name: 'x--people-me.200.json',
        status: 200,
        shape: 'differs',
        reason: expect.stringContaining('not in the published answer'),
      },
    ])
  })

  it('counts', () => {
    const { rows: _rows, endpoints: _endpoints, ...figures } = result
    expect(figures).toEqual({ queries: 9, accepted: 6, shapeEqual: 2, rejectedAsExpected: 2, failed: 3 })
  })
})

const publicFolder = process.env['WEBEX_FIXTURES']
const samples = publicFolder === undefined ? [] : await readSamples(publicFolder)

/** Shapes are compared by `pnpm conformance`, which takes longer. */
describe('public samples', () => {
  it.each([publicFolder === undefined ? 'WEBEX_FIXTURES not set: not run' : 'are found'])('%s', () => {
    expect(samples.length > 80).toBe(publicFolder !== undefined)
  })

  it.each(samples.map((sample) => [sample.name, sample] as const))('%s', async (_name, sample) => {
    const facts = readQuery(sample.query, sample.variables)
    const nowMs = (facts.window?.toMs ?? BLANK_TO) + 60_000
    const { query: text, variables } = sample
    const outcome = await executeSearch({ query: text, variables, operationName: undefined }, emptyContext(nowMs))
    expect(outcome.kind === 'answered').toBe(sample.answer !== undefined || facts.rejection === undefined)
  })
})
