/** Public sample queries of the real service, looked up in the folder WEBEX_FIXTURES names; none is kept here. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { executeSearch } from './execute-search.ts'
import { indexRecords } from './record-index.ts'
import type { SearchContext } from './search-context.ts'

const folder = process.env['WEBEX_FIXTURES']

/** The samples' own index says so: `from` or `to` is missing. */
const WITHOUT_TIME = [
  'postman-search--agent-session-state.graphql',
  'postman-search--task-details-channel-type.graphql',
  'postman-search--tasks-interaction-details.graphql',
  'postman-search--tasks-real-time-queued-tasks.graphql',
]

/** Asks for fields the root has lost since, and writes a field name without quotes. */
const OUTDATED = ['postman-search--tasks-basic-fields.graphql', 'powerbi--total-calls-by-ani.graphql']

const DAY_MS = 86_400_000
const NOW = Date.parse('2024-01-15T00:00:00Z')

const sampleSchema = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()) })
type Sample = z.output<typeof sampleSchema>

/** Fills the templates' placeholders: times, and any other text. */
function fill(text: string): string {
  return text
    .replaceAll('{from}', String(NOW - DAY_MS))
    .replaceAll('{to}', String(NOW))
    .replaceAll(/from: "\s*_+\s*"|from: F\b/g, `from: ${NOW - DAY_MS}`)
    .replaceAll(/to: "\s*_+\s*"|to: T\b/g, `to: ${NOW}`)
    .replaceAll(/\{\{[^}]*-[^}]*\}\}|\{\{fromDate\}\}/g, String(NOW - DAY_MS))
    .replaceAll(/\{\{[^}]*epoch[^}]*\}\}|\{\{toDate\}\}/g, String(NOW))
    .replaceAll(/\{\{[^}]*\}\}/g, 'filled')
}

async function readSample(file: string): Promise<Sample> {
  const text = fill(await readFile(join(folder ?? '', file), 'utf8'))
  return file.endsWith('.json') ? sampleSchema.parse(JSON.parse(text)) : { query: text, variables: {} }
}

/** The samples span years; each is asked just after its own `to`. */
function contextOf({ query, variables }: Sample): SearchContext {
  const times = [...`${query}${JSON.stringify(variables)}`.matchAll(/\b1[56789]\d{11}\b/g)].map(([time]) =>
    Number(time),
  )
  return {
    nowMs: Math.max(0, ...times),
    bounds: 'half-open',
    innerTies: 'whole',
    index: () => indexRecords([]),
    droppedTasks: new Set(),
  }
}

async function listSamples(): Promise<readonly string[]> {
  if (folder === undefined) {
    console.log('real queries: WEBEX_FIXTURES is not set, so no sample query was run')
    return []
  }
  return (await readdir(folder)).filter((file) => /\.graphql$|^(lab|blueprint)--.*\.request\.json$/.test(file))
}

async function run(file: string) {
  const sample = await readSample(file)
  return executeSearch({ ...sample, operationName: undefined }, contextOf(sample))
}

const files = await listSamples()
const present = (names: readonly string[]) => names.filter((name) => files.includes(name))

describe('real queries', () => {
  it.each([folder === undefined ? 'real queries (WEBEX_FIXTURES not set: not run)' : 'samples are found'])('%s', () => {
    expect(files.length > 80).toBe(folder !== undefined)
  })

  it.each(files.filter((file) => ![...WITHOUT_TIME, ...OUTDATED].includes(file)))('%s runs', async (file) => {
    expect(await run(file)).toEqual({ kind: 'answered', body: { data: expect.any(Object) } })
  })

  it.each(present(OUTDATED))('%s is refused', async (file) => {
    expect(await run(file)).toMatchObject({ kind: 'invalid' })
  })

  it.each(present(WITHOUT_TIME))('%s is refused for its missing time', async (file) => {
    expect(JSON.stringify(await run(file))).toMatch(/"invalid".*Missing field argument/)
  })
})
