import { floorToWindow } from '@wxcc/contracts/window'
import {
  applyStates,
  fingerprintOf,
  hasDueAgentTime,
  readAgentStatuses,
  readAppliedStates,
  readStateRules,
  type StateRules,
  takeDueAgentTime,
} from '@wxcc/db/journey/agent-states'
import { lockSource } from '@wxcc/db/journey/source-lock'
import type { DB } from '@wxcc/db/schema'
import type { Transaction } from 'kysely'
import { inBatch, type MapperDeps, type MapperJob } from '../mapper-job.ts'
import { agentStateOf, type AgentStateTable, withRules } from '../rules/agent-time/agent-states.ts'
import { recomputeActivity } from './recompute-activity.ts'

/** Raised when the rules of `rules/agent-time` derive other activity from the same states. */
const RULES_VERSION = 1

/** Logins derived anew in one transaction, which holds the source alone: about a second. */
const LOGINS_PER_BATCH = 200
/** So that the records of a pass do not wait for long behind a year of agent time; the next job goes on. */
const BATCHES_PER_JOB = 25

/**
 * The table of states by which this source's agent time is derived now. If the operator's rules (or the range to be loaded) have changed since it was
 * derived last, its statuses are regrouped and all of it is booked as due. Called under the source's exclusive lock.
 */
export async function currentStates(tx: Transaction<DB>, job: MapperJob): Promise<AgentStateTable> {
  const { dataSourceId } = job.source
  const rules = await readStateRules(tx, dataSourceId)
  const table = withRules(rules)
  const fingerprint = fingerprintFor(job, rules)
  if (fingerprint === (await readAppliedStates(tx, dataSourceId))) return table
  const regrouped = (await readAgentStatuses(tx, dataSourceId)).flatMap((held) => {
    const { group, availability, isUnknown } = agentStateOf(held.sourceState, table)
    const isSame = held.stateGroup === group && held.availability === availability && held.isUnknown === isUnknown
    return isSame ? [] : [{ ...held, stateGroup: group, availability, isUnknown }]
  })
  await applyStates(tx, { dataSourceId, fingerprint, regrouped, nowMs: job.nowMs })
  return table
}

/** Derives anew what rules changed since then make due, newest first, up to a limit. Returns how many logins it was. */
export async function deriveDueTime(deps: MapperDeps, job: MapperJob): Promise<number> {
  const { dataSourceId } = job.source
  const rules = await readStateRules(deps.db, dataSourceId)
  const isCurrent = fingerprintFor(job, rules) === (await readAppliedStates(deps.db, dataSourceId))
  if (isCurrent && !(await hasDueAgentTime(deps.db, dataSourceId))) return 0
  let total = 0
  for (let batch = 0; batch < BATCHES_PER_JOB; batch += 1) {
    job.signal.throwIfAborted()
    const logins = await inBatch(deps, job, async (tx) => {
      await lockSource(tx, dataSourceId, 'exclusive')
      const table = await currentStates(tx, job)
      const due = await takeDueAgentTime(tx, dataSourceId, LOGINS_PER_BATCH)
      await recomputeActivity(tx, job, table, due.stretches)
      return due.logins
    })
    total += logins
    if (logins < LOGINS_PER_BATCH) break
  }
  return total
}

function fingerprintFor({ source }: MapperJob, rules: StateRules): string {
  const { loadFromMs, loadUntilMs } = source
  return fingerprintOf([
    RULES_VERSION,
    [...withRules(rules)].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    floorToWindow(loadFromMs),
    loadUntilMs === null ? null : floorToWindow(loadUntilMs),
  ])
}
