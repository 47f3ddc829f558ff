import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { listUnprovedWindows } from '@wxcc/db/ledger-status'
import { windowLine } from '../window-line.ts'
import { type Measured, countLoaded } from './figures.ts'
import { countEqual, readEngagementFacts } from './journey-facts.ts'
import { type Progress, isComplete, isOver, progressLine, readProgress } from './progress.ts'
import { readTruth } from './simulator.ts'
import type { Demo } from './start-demo.ts'

const POLL_MS = 250
/** Recorded records are all of them the day, also those of a quarter hour that was not over. */
const END_OF_TIME = new Date(Date.UTC(9999, 0, 1))
const SAY_EVERY_MS = 2_000

export interface DayResult {
  readonly progress: Progress
  readonly secondsToFirstRow: number
  readonly secondsToComplete: number
}

/** Watches until the demo's day is over: every window proved or given up with a reason, every capture resolved. */
export async function watchDay(
  demo: Demo,
  options: { readonly startedMs: number; readonly say: (line: string) => void; readonly signal?: AbortSignal },
): Promise<DayResult> {
  const seconds = () => (performance.now() - options.startedMs) / 1000
  let firstRow: number | undefined
  let saidAtMs = 0
  for (;;) {
    options.signal?.throwIfAborted()
    if (firstRow === undefined && (await hasRows(demo))) firstRow = seconds()
    const progress = await readProgress(demo.db, demo.range.toMs)
    const over = isOver(progress)
    if (over || performance.now() - saidAtMs > SAY_EVERY_MS) {
      options.say(progressLine(progress))
      saidAtMs = performance.now()
    }
    if (over) return { progress, secondsToFirstRow: firstRow ?? seconds(), secondsToComplete: seconds() }
    await sleep(POLL_MS, undefined, { signal: options.signal })
  }
}

async function hasRows(demo: Demo): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`select exists (select from bi.fact_engagement) as found`.execute(
    demo.db,
  )
  return rows[0]!.found
}

/** The figures of a finished day, beside what the simulator's script says they should be. */
export async function measureDay(demo: Demo, day: DayResult, seed: number): Promise<Measured> {
  const loaded = await countLoaded(demo.db, demo.hasTruth ? new Date(demo.range.toMs) : END_OF_TIME)
  const figures = {
    secondsToFirstRow: rounded(day.secondsToFirstRow),
    secondsToComplete: rounded(day.secondsToComplete),
    ...loaded,
  }
  if (!demo.hasTruth) return { ok: isComplete(day.progress), seed, figures }
  const [truth, held] = await Promise.all([
    readTruth(demo.simulatorUrl, demo.range),
    readEngagementFacts(demo.db, demo.range),
  ])
  return {
    ok: isComplete(day.progress),
    seed,
    figures: {
      ...figures,
      truthTasks: truth.tasks.length,
      truthEngagements: truth.engagements.length,
      engagementsEqual: countEqual(truth.engagements, held),
      truthTurns: truth.turns.length,
      recordingsExpected: truth.captures.filter((capture) => capture.kind === 'recording').length,
    },
  }
}

/** Why the day could not be completed, one line each, for people. */
export async function explainDay(demo: Demo, progress: Progress): Promise<string[]> {
  const windows = await listUnprovedWindows(demo.db, 1_000)
  return [
    ...windows.map(windowLine),
    ...(progress.fetchesFailed > 0 ? [`${progress.fetchesFailed} fetches failed; see wxcc status`] : []),
    ...(progress.deadLetters > 0 ? [`${progress.deadLetters} dead letters; see wxcc status`] : []),
  ]
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
