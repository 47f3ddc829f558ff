import { floorToWindow } from '@wxcc/contracts/window'
import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'
import type { ScriptedTask, Seed } from './choose-seeds.ts'

export interface ProofFigures {
  readonly tasks: number
  readonly seededMissing: number
  /** Of these, windows that were found to differ and read again. */
  readonly flaggedMissing: number
  readonly healedMissing: number
  readonly seededEdits: number
  readonly healedEdits: number
  /** Edits that no count, sum or `lastActivityTime` tells of. */
  readonly undetectableEdits: number
  readonly doubledRows: number
  /** Windows read again although nothing had happened to them. */
  readonly falseAlarms: number
  /** Of the script, not stored at the end, seeded or not. */
  readonly missingAtEnd: number
  readonly windowsUnproved: number
  readonly windowsSealed: number
}

/** What became of the seeds, by what is stored and what the ledger says. */
export async function judgeProof(
  db: Database,
  given: { readonly tasks: readonly ScriptedTask[]; readonly seeds: readonly Seed[]; readonly toMs: number },
): Promise<ProofFigures> {
  const { rows: stored } = await sql<{ id: string; duration: number | null }>`
    select source_task_id as id, source_total_ms as duration from journey.conversation where not is_deleted`.execute(db)
  const durations = new Map(stored.map(({ id, duration }) => [id, duration]))
  const { rows: windows } = await sql<{ at: Date; is_reread: boolean; state: string }>`
    select w.window_start as at, coalesce(f.reason = 'repair', false) as is_reread, w.state
    from etl.load_window w left join etl.fetch f using (fetch_id) where w.stream = 'task' and w.window_start < ${new Date(given.toMs)}`.execute(
    db,
  )
  const reread = new Set(windows.filter((one) => one.is_reread).map(({ at }) => at.getTime()))
  const { seeds } = given
  const missing = seeds.filter(({ kind }) => kind === 'dropped' || kind === 'late')
  const edits = seeds.filter(({ durationMs }) => durationMs !== null)
  const explained = new Set(
    seeds.filter(({ kind }) => kind !== 'hidden').map((seed) => floorToWindow(seed.createdTime)),
  )
  const isProved = (state: string) => state === 'verified' || state === 'sealed'
  return {
    tasks: given.tasks.length,
    seededMissing: missing.length,
    flaggedMissing: missing.filter((seed) => reread.has(floorToWindow(seed.createdTime))).length,
    healedMissing: missing.filter(({ taskId }) => durations.has(taskId)).length,
    seededEdits: edits.length,
    healedEdits: edits.filter((seed) => durations.get(seed.taskId) === seed.durationMs).length,
    undetectableEdits: seeds.length - missing.length - edits.length,
    doubledRows: stored.length - durations.size,
    falseAlarms: [...reread].filter((atMs) => !explained.has(atMs)).length,
    missingAtEnd: given.tasks.filter(({ taskId }) => !durations.has(taskId)).length,
    windowsUnproved: windows.filter(({ state }) => !isProved(state)).length,
    windowsSealed: windows.filter(({ state }) => state === 'sealed').length,
  }
}

/** Every loss flagged and healed, every edit that can be told healed, nothing doubled, nothing disturbed without reason. */
export function isProved(figures: ProofFigures): boolean {
  return (
    figures.flaggedMissing === figures.seededMissing &&
    figures.healedMissing === figures.seededMissing &&
    figures.healedEdits === figures.seededEdits &&
    figures.doubledRows + figures.falseAlarms + figures.missingAtEnd + figures.windowsUnproved === 0
  )
}
