import { countHeldIntervals, readHeldIntervals, readSessions } from '@wxcc/db/journey/agent-time'
import { saveAgentStatuses } from '@wxcc/db/journey/dimensions'
import {
  agentSessionFacts,
  type AgentSessionRow,
  stateIntervalFacts,
  type StateIntervalRow,
} from '@wxcc/db/journey/fact-tables'
import { hashRow, upsertFacts } from '@wxcc/db/journey/facts'
import type { DB, JourneyAgentSession } from '@wxcc/db/schema'
import type { Selectable, Transaction } from 'kysely'
import type { MapperJob } from '../mapper-job.ts'
import { isNewerInterval, isNewerSession } from './newest-state.ts'
import type { SessionRows } from './session-rows.ts'

/** A stretch of one agent's time. `toMs` is null where it goes on. */
export interface AgentStretch {
  readonly agentId: string
  readonly fromMs: number
  readonly toMs: number | null
}

/** What saving changed: for activity, and for offers that these records may explain. */
export interface SavedSessions {
  readonly changed: readonly AgentStretch[]
  readonly explaining: readonly AgentStretch[]
}

/** Adds states by id, closes those that have ended, and brings the logins up to date. Nothing is ever removed, and older copies change nothing. */
export async function saveSessions(
  tx: Transaction<DB>,
  job: MapperJob,
  copies: readonly SessionRows[],
): Promise<SavedSessions> {
  const { dataSourceId } = job.source
  await saveAgentStatuses(
    tx,
    dataSourceId,
    copies.flatMap((copy) => copy.statuses),
  )
  const intervals = await saveIntervals(
    tx,
    job,
    copies.flatMap((copy) => copy.intervals),
  )
  const sessions = await saveLogins(tx, job, copies)
  const notResponding = new Set(
    copies.flatMap((copy) => copy.statuses.filter((s) => s.sourceState === 'not-responding').map((s) => s.id)),
  )
  return {
    changed: [...intervals.map(({ row, wasOpen }) => stretchOf(row, wasOpen)), ...sessions],
    explaining: [
      ...intervals
        .filter(({ row }) => notResponding.has(row.agent_status_id))
        .map(({ row }) => ({ agentId: row.agent_id, fromMs: timeOf(row.start_time), toMs: timeOf(row.start_time) })),
      ...sessions,
    ],
  }
}

async function saveIntervals(
  tx: Transaction<DB>,
  job: MapperJob,
  rows: readonly StateIntervalRow[],
): Promise<{ readonly row: StateIntervalRow; readonly wasOpen: boolean }[]> {
  const held = await readHeldIntervals(tx, job.source.dataSourceId, rows)
  const newest = new Map<string, { row: StateIntervalRow; endTime: Date | null; rowHash: Buffer }>()
  for (const row of rows) {
    const candidate = { row, endTime: row.end_time as Date | null, rowHash: hashRow(stateIntervalFacts, row) }
    const best = newest.get(row.source_activity_id) ?? held.get(row.source_activity_id)
    if (isNewerInterval(candidate, best)) newest.set(row.source_activity_id, candidate)
  }
  const written = [...newest.values()].map((one) => one.row)
  await upsertFacts(tx, stateIntervalFacts, written, job.claim.fetchId)
  // What was open may have been counted beyond the end it turns out to have.
  return written.map((row) => ({ row, wasOpen: held.has(row.source_activity_id) }))
}

/** Returns the stretches whose login or logout is new. */
async function saveLogins(
  tx: Transaction<DB>,
  job: MapperJob,
  copies: readonly SessionRows[],
): Promise<AgentStretch[]> {
  const sessions = copies.map((copy) => copy.session)
  const held = await readSessions(
    tx,
    job.source.dataSourceId,
    sessions.map((session) => session.source_agent_session_id),
  )
  const winners = sessions.map((session) => {
    const before = held.get(session.source_agent_session_id)
    return before !== undefined && !isNewerSession(progressOf(session), progressOf(before)) ? before : session
  })
  const counts = await countHeldIntervals(tx, winners)
  const rows = winners.map((session) => withCounts(session, counts.get(session.agent_session_id) ?? new Map()))
  await upsertFacts(tx, agentSessionFacts, rows, job.claim.fetchId)
  return rows.flatMap((row) => {
    const before = held.get(row.source_agent_session_id)
    const logoutMs = row.logout_time === null ? null : timeOf(row.logout_time)
    if (before !== undefined && (before.logout_time?.getTime() ?? null) === logoutMs) return []
    // A login that has ended since may have been counted up to any later time.
    return [{ agentId: row.agent_id, fromMs: timeOf(row.login_time), toMs: before === undefined ? logoutMs : null }]
  })
}

type LoginFields = SessionRows['session'] | Selectable<JourneyAgentSession>

function progressOf(session: LoginFields) {
  return {
    isActive: session.is_active,
    logoutMs: session.logout_time === null ? null : timeOf(session.logout_time),
    channelTotals: session.channel_totals,
  }
}

/** Complete when every channel holds as many states as the vendor counts. */
function withCounts(session: LoginFields, held: ReadonlyMap<string, number>): AgentSessionRow {
  const totals = Object.entries((session.channel_totals ?? {}) as Record<string, { totalCount?: number | null }>)
  const row = {
    ...session,
    activity_count: [...held.values()].reduce((sum, count) => sum + count, 0),
    is_activity_complete: totals.every(
      ([channelId, { totalCount }]) => totalCount != null && (held.get(channelId) ?? 0) >= totalCount,
    ),
  }
  return Object.fromEntries(
    agentSessionFacts.columns.map((column) => [column, row[column]]),
  ) as unknown as AgentSessionRow
}

function stretchOf(row: StateIntervalRow, wasOpen: boolean): AgentStretch {
  const endMs = row.end_time === null || wasOpen ? null : timeOf(row.end_time)
  return { agentId: row.agent_id, fromMs: timeOf(row.start_time), toMs: endMs }
}

function timeOf(time: Date | string): number {
  return new Date(time).getTime()
}
