import { setTimeout as sleep } from 'node:timers/promises'
import { WINDOW_MS, floorToWindow } from '@wxcc/contracts/window'
import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'
import type { ProofWorld } from './world.ts'

/** Real time between two looks. */
const POLL_MS = 20
/** A window that did not match is read again after 5 and 10 s of the clock, which is pushed on so that nobody waits for it. */
const NUDGE_MS = 5_000
const DELAYED_MS = 60_000
const PATIENCE_MS = 120_000
const SETTLE_MS = 5 * 60_000

/** Moves the clock, then waits until everything that became due is done. */
export async function liveUntil(
  { db, control }: Pick<ProofWorld, 'db' | 'control'>,
  toMs: number,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  let { nowMs } = (await control('clock', { nowMs: toMs })) as { nowMs: number }
  const deadline = performance.now() + patienceMs
  for (let quiet = 0; quiet < 2;) {
    const { busy, delayed } = await readWork(db, nowMs, toMs)
    if (busy > 0) quiet = 0
    else if (delayed > 0) ({ nowMs } = (await control('clock', { advanceMs: NUDGE_MS })) as { nowMs: number })
    else quiet += 1
    if (performance.now() > deadline)
      throw new Error(`${new Date(toMs).toISOString()}: ${busy} busy, ${delayed} delayed: ${await listWork(db)}`)
    await sleep(POLL_MS)
  }
}

async function readWork(
  db: Database,
  nowMs: number,
  movedToMs: number,
): Promise<{ readonly busy: number; readonly delayed: number }> {
  const soon = new Date(nowMs + DELAYED_MS)
  const now = new Date(nowMs)
  // The planner has looked since the clock moved when it has opened the latest window.
  const latest = new Date(floorToWindow(movedToMs - SETTLE_MS) - WINDOW_MS)
  const { rows } = await sql<{ busy: number; delayed: number }>`
    with fetches as (
      select coalesce(not_before > ${now}, false) as later from etl.fetch
      where kind <> 'captures' and state in ('pending','queued','running','fetched') and (not_before is null or not_before <= ${soon})),
    windows as (
      select coalesce(next_check_at > ${now} and state = 'planned', false) as later from etl.load_window
      where (state = 'planned' and (next_check_at is null or next_check_at <= ${soon})) or state = 'loaded'
        or (state in ('verified','sealed') and stored_at is null))
    select (select count(*) filter (where not later) from fetches) + (select count(*) filter (where not later) from windows)
         + (select count(*) from (values ('task'), ('agent_session')) s(stream)
            where not exists (select from etl.load_window w where w.stream = s.stream and w.window_start >= ${latest})) as busy,
           (select count(*) filter (where later) from fetches) + (select count(*) filter (where later) from windows) as delayed`.execute(
    db,
  )
  return rows[0]!
}

async function listWork(db: Database): Promise<string> {
  const { rows } = await sql<{ line: string }>`
    select kind || ' ' || state || ' ' || coalesce(last_code, '') || ': ' || count(*) as line from etl.fetch
      where state not in ('mapped','done') and kind <> 'captures' group by kind, state, last_code
    union all
    select stream || ' ' || state || ' ' || coalesce(finding, '') || ': ' || count(*) from etl.load_window
      where state not in ('verified','sealed') group by stream, state, finding`.execute(db)
  return rows.map(({ line }) => line).join(' · ')
}
