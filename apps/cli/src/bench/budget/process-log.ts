/** What the processes' own logs tell of a run. */
export interface ProcessLog {
  readonly note: (line: string) => void
  /** Attempts of jobs that were spent (given back or buried), by failure code: each of them, not only the last of a row. */
  readonly attempts: () => ReadonlyMap<string, number>
  /** Durations of the planner's looks at the ledger in which something was done, real ms; `from` = how many to leave out. */
  readonly ticks: (from?: number) => readonly number[]
}

const SPENT = new Set(['retry', 'buried'])

/** Lines that are no JSON, or tell of nothing here, are passed over. */
export function readProcessLog(): ProcessLog {
  const attempts = new Map<string, number>()
  const ticks: number[] = []
  return {
    note(line) {
      if (!line.includes('"job_finished"') && !line.includes('"ticked"')) return
      const { event, outcome, code, durationMs } = JSON.parse(line) as Record<string, unknown>
      if (event === 'ticked') ticks.push(Number(durationMs))
      if (event === 'job_finished' && SPENT.has(String(outcome)))
        attempts.set(String(code), (attempts.get(String(code)) ?? 0) + 1)
    },
    attempts: () => attempts,
    ticks: (from = 0) => ticks.slice(from),
  }
}
