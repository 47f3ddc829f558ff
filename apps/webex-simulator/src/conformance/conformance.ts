/** All samples of a folder against one simulator: the figures and a row per query. */
import { compareEndpoints } from './endpoint-samples.ts'
import type { EndpointRow } from './endpoint-samples.ts'
import { BLANK_FROM, BLANK_TO } from './fill-in.ts'
import { judge } from './judge.ts'
import type { Verdict } from './judge.ts'
import listed from './other-versions.json' with { type: 'json' }
import { readQuery } from './query-facts.ts'
import type { AskedWindow } from './query-facts.ts'
import { readSamples } from './samples.ts'
import { startStand } from './stand.ts'

export interface Conformance {
  readonly queries: number
  readonly accepted: number
  /** Answers that look like the published one; of those that have one and were not set aside. */
  readonly shapeEqual: number
  readonly rejectedAsExpected: number
  readonly failed: number
  readonly rows: readonly Verdict[]
  /** Published answers of other endpoints. Examples made up for documentation show members that never stand together: they are told, not failed. */
  readonly endpoints: readonly EndpointRow[]
}

/** The clock stands so much after the `to` of each query: samples are older than the 36 months one may look back. */
const AFTER_MS = 60_000

const BLANK_WINDOW: AskedWindow = { fromMs: BLANK_FROM, toMs: BLANK_TO }

export async function runConformance(folder: string): Promise<Conformance> {
  const asked = (await readSamples(folder)).map((sample) => ({
    sample,
    facts: readQuery(sample.query, sample.variables),
  }))
  const windows = [BLANK_WINDOW, ...asked.flatMap(({ facts }) => facts.window ?? [])]
  const stand = await startStand({
    fromMs: Math.min(...windows.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...windows.map(({ toMs }) => toMs)) + AFTER_MS,
  })
  const otherVersions = new Map<string, string>(Object.entries(listed))
  const rows: Verdict[] = []
  let endpoints: readonly EndpointRow[] = []
  try {
    for (const { sample, facts } of asked) {
      const ask = stand.askAt((facts.window ?? BLANK_WINDOW).toMs + AFTER_MS)
      rows.push(await judge(sample, facts, otherVersions, ask))
    }
    endpoints = await compareEndpoints(folder, stand)
  } finally {
    await stand.stop()
  }
  const count = (fits: (row: Verdict) => boolean) => rows.filter(fits).length
  return {
    queries: rows.length,
    // A query that was taken as it should be stays accepted when its answer looks wrong; it counts as failed besides.
    accepted: count((row) => row.verdict === 'accepted' || (row.verdict === 'failed' && row.shape === 'differs')),
    shapeEqual: count((row) => row.shape === 'equal'),
    rejectedAsExpected: count((row) => row.verdict === 'rejected as expected'),
    failed: count((row) => row.verdict === 'failed'),
    rows,
    endpoints,
  }
}
