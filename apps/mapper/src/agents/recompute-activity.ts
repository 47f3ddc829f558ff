import { floorToWindow } from '@wxcc/contracts/window'
import { readIntervalsOf, replaceActivity, type StoredInterval } from '@wxcc/db/journey/agent-activity'
import {
  type AgentTimeStretch,
  type Login,
  readLogins,
  readOpenStates,
  readOpenSince,
} from '@wxcc/db/journey/agent-logins'
import { readAgentTimeUntil } from '@wxcc/db/journey/agent-time'
import type { DB } from '@wxcc/db/schema'
import type { Transaction } from 'kysely'
import type { MapperJob } from '../mapper-job.ts'
import { agentStateOf, type AgentStateTable } from '../rules/agent-time/agent-states.ts'
import type { TimeRange } from '../rules/agent-time/agent-activity.ts'
import { activityRows } from './activity-rows.ts'
import { type AgentStretch, wholeStretches } from './agent-stretches.ts'

/** Stretches derived together: some thousand states in memory, and a few statements for all of them. */
const CHUNK = 500

/**
 * Derives activity anew wherever these stretches touch it. `isPassEnd`: all of a fetch is mapped; a change pass then moves the time up to which
 * everybody who is logged in is counted. Activity is thereby a function of the stored states, logins, rules and that one time, and of nothing else.
 */
export async function recomputeActivity(
  tx: Transaction<DB>,
  job: MapperJob,
  table: AgentStateTable,
  changed: readonly AgentStretch[],
  isPassEnd = false,
): Promise<void> {
  const heldMs = await readAgentTimeUntil(tx, job.source.dataSourceId)
  const ownMs = job.claim.reason === 'change' ? job.claim.toMs : null
  const untilMs = heldMs === null || ownMs === null ? (heldMs ?? ownMs) : Math.max(heldMs, ownMs)
  const stretches = [...changed]
  if (isPassEnd && ownMs !== null && (heldMs === null || ownMs > heldMs)) {
    // Everybody was counted up to the time held before; only what lies beyond it is new.
    for (const [agentId, sinceMs] of await readOpenSince(tx, job.source.dataSourceId)) {
      stretches.push({ agentId, fromMs: Math.max(sinceMs, heldMs ?? sinceMs), toMs: null })
    }
  }
  const openStates = await readOpenStates(tx, [...new Set(changed.map((stretch) => stretch.agentId))].sort())
  const whole = wholeStretches(stretches, openStates, untilMs)
  for (let at = 0; at < whole.length; at += CHUNK) await derive(tx, job, table, whole.slice(at, at + CHUNK), untilMs)
}

async function derive(
  tx: Transaction<DB>,
  job: MapperJob,
  table: AgentStateTable,
  stretches: readonly AgentTimeStretch[],
  untilMs: number | null,
): Promise<void> {
  const logins = await readLogins(tx, stretches)
  const intervals = await readIntervals(tx, table, stretches, logins)
  const loginsOf = Map.groupBy(logins, (login) => login.stretch)
  const intervalsOf = Map.groupBy(intervals, (interval) => interval.stretch)
  const loaded = loadedRange(job)
  const rows = stretches.flatMap(({ fromMs, toMs }, place) => {
    const within = { fromMs: Math.max(fromMs, loaded.fromMs), toMs: Math.min(toMs, loaded.toMs) }
    return activityRows({ ...job, table }, loginsOf.get(place) ?? [], intervalsOf.get(place) ?? [], { within, untilMs })
  })
  await replaceActivity(tx, stretches, rows, job.claim.fetchId)
}

/**
 * All states that decide what shows within the stretches: those that reach into them and, where a marker that is to be ignored does so, also
 * those before it, which go on through it.
 */
async function readIntervals(
  tx: Transaction<DB>,
  table: AgentStateTable,
  stretches: readonly AgentTimeStretch[],
  logins: readonly Login[],
): Promise<StoredInterval[]> {
  const wanted = stretches.map((stretch) => ({ ...stretch, readFromMs: stretch.fromMs }))
  for (;;) {
    const intervals = await readIntervalsOf(tx, logins, wanted)
    let isWhole = true
    for (const { stretch, startMs, sourceState } of intervals) {
      if (startMs >= wanted[stretch]!.readFromMs || agentStateOf(sourceState, table).group !== 'Ignored') continue
      wanted[stretch]!.readFromMs = startMs
      isWhole = false
    }
    if (isWhole) return intervals
  }
}

/** Agent time is told of the quarter hours that the source is to be loaded for: those at its edges are not known whole. */
function loadedRange({ source }: Pick<MapperJob, 'source'>): TimeRange {
  return {
    fromMs: floorToWindow(source.loadFromMs),
    toMs: source.loadUntilMs === null ? Number.POSITIVE_INFINITY : floorToWindow(source.loadUntilMs),
  }
}
