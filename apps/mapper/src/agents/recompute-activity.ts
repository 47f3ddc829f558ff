import { DAY_MS, WINDOW_MS, floorToWindow } from '@wxcc/contracts/window'
import { readLoggedInAgents, readLogins, readOpenSince } from '@wxcc/db/journey/agent-logins'
import { readAgentTimeUntil, readIntervalsOf, replaceActivity } from '@wxcc/db/journey/agent-time'
import type { DB } from '@wxcc/db/schema'
import type { Transaction } from 'kysely'
import type { MapperJob } from '../mapper-job.ts'
import { activityRows } from './activity-rows.ts'
import type { AgentStretch } from './save-sessions.ts'

/** Stretches closer than this are derived together. */
const GAP_MS = DAY_MS

interface Cluster {
  fromMs: number
  toMs: number
  readonly agents: Set<string>
}

/**
 * Derives activity anew wherever these stretches touch it. `isPassEnd` marks the end of a change pass, which moves the time up to which everybody
 * who is logged in is counted. Activity is thereby a function of the stored states, logins and that one time, and of nothing else.
 */
export async function recomputeActivity(
  tx: Transaction<DB>,
  job: MapperJob,
  changed: readonly AgentStretch[],
  isPassEnd: boolean,
): Promise<void> {
  const untilMs = await completeUntil(tx, job)
  const agents = new Set(changed.map((stretch) => stretch.agentId))
  if (isPassEnd) for (const agentId of await readLoggedInAgents(tx, job.source.dataSourceId)) agents.add(agentId)
  // What is open reaches up to the complete time; a new login or logout may move its end.
  const open = await readOpenSince(tx, [...agents].sort())
  const stretches = [...changed, ...[...open].map(([agentId, fromMs]) => ({ agentId, fromMs, toMs: null }))]
  for (const cluster of clusters(stretches, untilMs)) await recompute(tx, job, cluster, untilMs)
}

async function recompute(tx: Transaction<DB>, job: MapperJob, cluster: Cluster, untilMs: number | null): Promise<void> {
  const within = { fromMs: cluster.fromMs, toMs: cluster.toMs }
  const agentIds = [...cluster.agents].sort()
  const logins = await readLogins(tx, { agentIds, ...within })
  const intervals = await readIntervalsOf(tx, {
    agentIds,
    agentSessionIds: logins.map((login) => login.agentSessionId),
    // Earlier states of a login decide how its later ones begin.
    fromMs: Math.min(...logins.map((login) => login.loginMs), within.fromMs) - DAY_MS,
    toMs: within.toMs,
  })
  const rows = activityRows(job, logins, intervals, { ...within, untilMs })
  await replaceActivity(tx, { agentIds, ...within }, rows, job.claim.fetchId)
}

async function completeUntil(tx: Transaction<DB>, { claim, source }: MapperJob): Promise<number | null> {
  const held = await readAgentTimeUntil(tx, source.dataSourceId)
  const own = claim.reason === 'change' ? claim.toMs : null
  return held === null || own === null ? (held ?? own) : Math.max(held, own)
}

/** Whole quarter hours, in order of time; stretches far apart are kept apart, so that old history does not reach up to today. */
function clusters(stretches: readonly AgentStretch[], untilMs: number | null): Cluster[] {
  const found: Cluster[] = []
  for (const stretch of stretches.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const endMs = stretch.toMs ?? untilMs ?? stretch.fromMs
    if (endMs <= stretch.fromMs) continue
    const fromMs = floorToWindow(stretch.fromMs)
    const toMs = floorToWindow(endMs - 1) + WINDOW_MS
    const last = found.at(-1)
    if (last === undefined || fromMs > last.toMs + GAP_MS) {
      found.push({ fromMs, toMs, agents: new Set([stretch.agentId]) })
    } else {
      last.toMs = Math.max(last.toMs, toMs)
      last.agents.add(stretch.agentId)
    }
  }
  return found
}
