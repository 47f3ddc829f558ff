import { countHeldIntervals, readHeldIntervals, readSessions } from '@wxcc/db/journey/agent-time'
import { saveAgentStatuses } from '@wxcc/db/journey/dimensions'
import {
  agentSessionFacts,
  type AgentSessionRow,
  stateIntervalFacts,
  type StateIntervalRow,
} from '@wxcc/db/journey/fact-tables'
import { hashRow, upsertFacts } from '@wxcc/db/journey/facts'
import { noteSightings, readUnlistedBy, readUnlistedSince } from '@wxcc/db/journey/unlisted-logins'
import type { DB, JourneyAgentSession } from '@wxcc/db/schema'
import type { Selectable, Transaction } from 'kysely'
import type { MapperJob } from '../mapper-job.ts'
import type { AgentStretch } from './agent-stretches.ts'
import { isNewerInterval, isNewerSession } from './newest-state.ts'
import type { SessionRows } from './session-rows.ts'

/** What saving changed: for activity, and for offers that these records may explain. */
export interface SavedSessions {
  readonly changed: readonly AgentStretch[]
  readonly explaining: readonly AgentStretch[]
}

/**
 * Adds states by id, closes those that have ended, and brings the logins up to date. Nothing is ever removed, and older copies change nothing.
 * `unusable` are logins (the vendor's ids) that were listed too, with records that could not be read.
 */
export async function saveSessions(
  tx: Transaction<DB>,
  job: MapperJob,
  copies: readonly SessionRows[],
  unusable: readonly string[] = [],
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
  const sessions = await saveLogins(tx, job, copies, unusable)
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
  unusable: readonly string[],
): Promise<AgentStretch[]> {
  const { dataSourceId } = job.source
  const sessions = copies.map((copy) => copy.session)
  const listed = [...sessions.map((session) => session.source_agent_session_id), ...unusable]
  const held = await readSessions(tx, dataSourceId, listed)
  const winners = sessions.map((session): LoginFields => {
    const before = held.get(session.source_agent_session_id)
    return before !== undefined && !isNewerSession(progressOf(session), progressOf(before)) ? asListed(before) : session
  })
  const known = [...winners, ...unusable.flatMap((id) => held.get(id) ?? []).map(asListed)]
  await noteSightings(
    tx,
    dataSourceId,
    {
      open: known.filter((login) => login.is_active).map(idOf),
      over: known.filter((login) => !login.is_active).map(idOf),
    },
    job.claim.fetchId,
  )
  const open = winners.filter((login) => login.is_active)
  const unlisted = await readUnlistedSince(tx, dataSourceId, open)
  const counts = await countHeldIntervals(tx, winners)
  const rows = winners.map((login) => withCounts(closedAt(login, unlisted.get(idOf(login))), counts.get(idOf(login))))
  return upsertLogins(tx, job, rows, held)
}

/** Closes the logins that this change pass, now mapped to its end, should have listed and did not (mapping ruling 26). */
export async function closeUnlisted(tx: Transaction<DB>, job: MapperJob): Promise<AgentStretch[]> {
  const { claim, source } = job
  if (claim.reason !== 'change' || claim.toMs === null) return []
  const unlisted = await readUnlistedBy(tx, source.dataSourceId, claim.fetchId)
  const held = new Map(unlisted.map((login) => [login.source_agent_session_id, login]))
  const rows = unlisted.map((login) => rowOf(closedAt(asListed(login), claim.toMs!)))
  return upsertLogins(tx, job, rows, held)
}

async function upsertLogins(
  tx: Transaction<DB>,
  job: MapperJob,
  rows: readonly AgentSessionRow[],
  held: ReadonlyMap<string, Selectable<JourneyAgentSession>>,
): Promise<AgentStretch[]> {
  await upsertFacts(tx, agentSessionFacts, rows, job.claim.fetchId)
  return rows.flatMap((row) => {
    const before = held.get(row.source_agent_session_id)
    const logoutMs = row.logout_time === null ? null : timeOf(row.logout_time)
    if (before !== undefined && (before.logout_time?.getTime() ?? null) === logoutMs) return []
    const logouts = [logoutMs, before?.logout_time?.getTime() ?? null].filter((each) => each !== null)
    const toMs = logouts.length === 0 ? null : Math.max(...logouts)
    return [{ agentId: row.agent_id, fromMs: timeOf(row.login_time), toMs, wasOpen: before !== undefined }]
  })
}

type LoginFields = SessionRows['session'] | Selectable<JourneyAgentSession>

function idOf(login: LoginFields): string {
  return login.agent_session_id
}

/** As the source told it: what we closed ourselves was open there. */
function asListed<Login extends LoginFields>(login: Login): Login {
  if (login.logout_evidence !== 'not_listed') return login
  return { ...login, is_active: true, logout_time: null, logout_evidence: null }
}

function closedAt<Login extends LoginFields>(login: Login, unlistedMs: number | undefined): Login {
  if (unlistedMs === undefined) return login
  return { ...login, is_active: false, logout_time: new Date(unlistedMs), logout_evidence: 'not_listed' }
}

function progressOf(login: LoginFields) {
  const { logout_evidence, logout_time, channel_totals } = asListed(login)
  return {
    logoutEvidence: logout_evidence,
    logoutMs: logout_time === null ? null : timeOf(logout_time),
    channelTotals: channel_totals,
  }
}

/** Complete when every channel holds as many states as the vendor counts. Whoever logs in has a channel: none was not told, and is not nothing. */
function withCounts(session: LoginFields, held: ReadonlyMap<string, number> = new Map()): AgentSessionRow {
  const totals = Object.entries((session.channel_totals ?? {}) as Record<string, { totalCount?: number | null }>)
  return rowOf({
    ...session,
    activity_count: [...held.values()].reduce((sum, count) => sum + count, 0),
    is_activity_complete:
      totals.length > 0 &&
      totals.every(([channelId, { totalCount }]) => totalCount != null && (held.get(channelId) ?? 0) >= totalCount),
  })
}

/** The business columns alone. */
function rowOf(row: AgentSessionRow | Selectable<JourneyAgentSession>): AgentSessionRow {
  return Object.fromEntries(
    agentSessionFacts.columns.map((column) => [column, row[column]]),
  ) as unknown as AgentSessionRow
}

function stretchOf(row: StateIntervalRow, wasOpen: boolean): AgentStretch {
  const toMs = row.end_time === null ? null : timeOf(row.end_time)
  return { agentId: row.agent_id, fromMs: timeOf(row.start_time), toMs, wasOpen }
}

function timeOf(time: Date | string): number {
  return new Date(time).getTime()
}
