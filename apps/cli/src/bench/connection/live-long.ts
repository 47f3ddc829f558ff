import { setTimeout as sleep } from 'node:timers/promises'
import { refreshDueAt } from '@wxcc/connection/keep-alive'
import { DAY_MS, WINDOW_MS, floorToWindow } from '@wxcc/contracts/window'
import { listConnections } from '@wxcc/db/connections'
import { sql } from 'kysely'
import { liveUntil } from '../proof/live-through.ts'
import type { LifeWorld } from './life-world.ts'

const POLL_MS = 50
/** A step is days of work. */
export const PATIENCE_MS = 600_000
const SETTLE_MS = 5 * 60_000

/** The pipeline runs for so many days: what is due is loaded, and every connection is kept alive. Answers how often one was found lost. */
export async function liveOn(
  world: LifeWorld,
  from: { readonly nowMs: number; readonly days: number; readonly stepDays: number },
): Promise<number> {
  let lost = 0
  for (let day = from.stepDays; day <= from.days; day += from.stepDays) {
    const atMs = from.nowMs + day * DAY_MS
    await liveUntil(world, atMs, PATIENCE_MS)
    await until('connections to be refreshed', async () => {
      const nowMs = await world.vendor.clock()
      return (await listConnections(world.db)).every((one) => refreshDueAt(one) > nowMs)
    })
    lost += (await listConnections(world.db)).filter(({ state }) => state !== 'active').length
  }
  return lost
}

/** Nobody asks the vendor while the planner goes on looking, day by day. */
export async function beSilent(
  world: LifeWorld,
  from: { readonly nowMs: number; readonly days: number },
): Promise<void> {
  for (let day = 1; day <= from.days; day++) {
    const nowMs = from.nowMs + day * DAY_MS
    await world.control('clock', { nowMs })
    // The planner has looked, at connections too, when it has opened the latest quarter hour.
    const latest = new Date(floorToWindow(nowMs - SETTLE_MS) - WINDOW_MS)
    await until('the planner to look', async () => {
      const { rows } = await sql<{ isThere: boolean }>`
        select exists (select from etl.load_window where window_start >= ${latest}) as "isThere"`.execute(world.db)
      return rows[0]!.isThere
    })
  }
}

export interface AlarmFigures {
  /** Levels raised since, over all connections. */
  readonly alarms: number
  /** Of those, how many within a day of their moment: nothing looks more often here. */
  readonly alarmsOnTime: number
}

/** Five levels for every connection, each when the returned life came to it. */
export async function judgeAlarms(world: LifeWorld, sinceMs: number): Promise<AlarmFigures> {
  const raised = await world.db
    .selectFrom('etl.connection_alarm')
    .selectAll()
    .where('raised_at', '>', new Date(sinceMs))
    .execute()
  const onTime = raised.filter(({ days_left, expires_at, raised_at }) => {
    const lateMs = raised_at.getTime() - (expires_at!.getTime() - days_left * DAY_MS)
    return lateMs >= 0 && lateMs <= DAY_MS
  })
  return { alarms: raised.length, alarmsOnTime: onTime.length }
}

export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${PATIENCE_MS / 1_000} s for ${what}`)
    await sleep(POLL_MS)
  }
}
