/** Every field of the dictionaries, one by one, asked of a started simulator: what it may be used for and what not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGenerated } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'
import { readDictionary } from './dictionary.testing.ts'
import type { DictionaryField } from './dictionary.testing.ts'
import { ROOTS } from './field-table.ts'

const NOW = Date.parse('2026-03-04T12:00:00Z')
const WINDOW = `from: ${NOW - 3_600_000} to: ${NOW}`
const COUNT = (field: string) => `aggregations: [{ field: "${field}", type: count, name: "n" }]`

const { source, fields } = readDictionary()

let simulator: StartedSimulator
beforeAll(async () => {
  simulator = await startGenerated({
    SIM_CLOCK_START: new Date(NOW).toISOString(),
    SIM_TASKS_PER_DAY: '20',
    SIM_RATE_LIMIT_PER_MINUTE: '100000',
  })
})
afterAll(async () => simulator.stop())

/** `a.b.c` as the nesting of a selection. Global variables want their name. */
function selected(path: string, args = ''): string {
  const keys = path.split('.').map((key) => (key.endsWith('GlobalVariables') ? `${key}(name: "X")` : key))
  return keys.reduceRight((inner, key) => (inner === '' ? `${key}${args}` : `${key} { ${inner} }`), '')
}

/** `a.b.c` as the nesting of a filter that compares it with a value of its type. */
function compared({ path, type }: DictionaryField): string {
  if (type === 'JSON')
    return path.split('.').reduceRight((inner, key) => `{ ${key}: ${inner} }`, '{ name: { equals: "x" } }')
  const literal: Record<string, string> = { Long: '1', Int: '1', Float: '1', Boolean: 'true', AgentState: 'idle' }
  const value = path === 'channelType' ? 'telephony' : (literal[type] ?? '"x"')
  return path.split('.').reduceRight((inner, key) => `{ ${key}: ${inner} }`, `{ equals: ${value} }`)
}

const probe = (field: DictionaryField, args: string, selection: string) =>
  `${field.root}(${WINDOW} ${args}) { ${ROOTS[field.root].listField} { ${selection} } }`

/** Which probes are taken. Many go in one document, a line each, so that errors tell by their line whom they mean. */
async function taken(probes: readonly string[]): Promise<readonly boolean[]> {
  if (probes.length === 0) return []
  const { status, body } = await simulator.search(`{\n${probes.map((text, n) => `p${n}: ${text}`).join('\n')}\n}`)
  if (status === 200) return probes.map(() => true)
  if (probes.length === 1) return [false]
  const lines: readonly number[] = (body.errors ?? []).flatMap((error: { locations?: { line: number }[] }) =>
    (error.locations ?? []).map(({ line }) => line - 2),
  )
  if (lines.length > 0) {
    const others = await taken(probes.filter((_, n) => !lines.includes(n)))
    let next = 0
    return probes.map((_, n) => (lines.includes(n) ? false : (others[next++] ?? false)))
  }
  const half = Math.ceil(probes.length / 2)
  return [...(await taken(probes.slice(0, half))), ...(await taken(probes.slice(half)))]
}

const AT_ONCE = 40

async function takenOf(fields: readonly DictionaryField[], probeOf: (field: DictionaryField) => string) {
  const answers: boolean[] = []
  for (let start = 0; start < fields.length; start += AT_ONCE) {
    answers.push(...(await taken(fields.slice(start, start + AT_ONCE).map(probeOf))))
  }
  return answers
}

const idOf = ({ root }: DictionaryField) => (root === 'agentSession' ? 'agentSessionId' : 'id')

const USES: Readonly<
  Record<string, { probe: (field: DictionaryField) => string; isFlagged: (field: DictionaryField) => boolean }>
> = {
  selectable: { probe: (field) => probe(field, '', selected(field.path)), isFlagged: () => true },
  filterable: {
    probe: (field) => probe(field, `filter: ${compared(field)}`, idOf(field)),
    isFlagged: ({ filter }) => filter === 'filter',
  },
  'filterable by extFilter': {
    probe: (field) => probe(field, `extFilter: ${compared(field)}`, idOf(field)),
    isFlagged: ({ filter }) => filter === 'extFilter',
  },
  sortable: { probe: (field) => probe(field, '', selected(field.path, '(sort: asc)')), isFlagged: ({ sort }) => sort },
  aggregatable: {
    probe: (field) => probe(field, aggregated(field), 'aggregation { name value }'),
    isFlagged: ({ aggregate }) => aggregate,
  },
  groupable: {
    probe: (field) => probe(field, COUNT(idOf(field)), `${selected(field.path)} aggregation { name value }`),
    isFlagged: ({ groupBy }) => groupBy,
  },
}

/** A global variable is aggregated by the name its predicate gives. */
function aggregated({ path }: DictionaryField): string {
  const [kind = ''] = path.split('.')
  if (!kind.endsWith('GlobalVariables') || kind === 'globalVariables') return COUNT(path)
  return `aggregations: [{ field: "${path}", type: count, name: "n", predicate: { ${kind}: { name: { equals: "X" } } } }]`
}

describe(`fields of ${source}`, () => {
  it('are all there', () => expect(fields.length).toBeGreaterThanOrEqual(525))

  it.each(Object.entries(USES))('are %s exactly as flagged', async (_use, { probe: probeOf, isFlagged }) => {
    const found = await takenOf(fields, probeOf)
    const named = (are: (field: DictionaryField, position: number) => boolean) =>
      fields.filter(are).map(({ root, path }) => `${root} ${path}`)
    expect(named((_, position) => found[position] === true)).toEqual(named(isFlagged))
  })

  it('needs a numeric field for sums, averages and extremes', async () => {
    const text = await simulator.search(
      `{ taskDetails(${WINDOW} aggregations: [{ field: "id", type: sum, name: "n" }]) { tasks { aggregation { value } } } }`,
    )
    expect(text.status).toBe(400)
  })
})
