import type { TaskLegRow } from '@wxcc/db/journey/fact-tables'
import { rowId } from '@wxcc/contracts/dimension-id'
import type { Source } from '@wxcc/db/data-source'
import { channelTypeOf } from '../rules/channel.ts'
import { conversationId } from '../rules/ids.ts'
import { type NamedReference, knownMs, knownText } from '../rules/records.ts'
import type { SourceIds } from '../source-ids.ts'
import type { SeenMembers } from '../tasks/seen-members.ts'

/** Task leg (CLR) as Search returns it (webex-cc-api §3.10.5). Times are epoch ms, -1 means "not yet"; all but the first three may be missing. */
export interface ClrRecord {
  id: string
  taskId: string
  createdTime: number
  owner?: (NamedReference & { signInId?: string | null }) | null
  queue?: (NamedReference & { duration?: number | null }) | null
  team?: NamedReference | null
  site?: NamedReference | null
  entryPoint?: NamedReference | null
  nextDestination?: {
    agent?: (NamedReference & { signInId?: string | null }) | null
    team?: NamedReference | null
    queue?: NamedReference | null
  } | null
  [field: string]: unknown
}

/** Pure. `startMs` is the leg's start as first stored: the partition key never moves. */
export function legRow(leg: ClrRecord, startMs: number, source: Source, ids: SourceIds): TaskLegRow {
  const text = (field: string) => knownText(leg[field])
  const flag = (field: string) => (typeof leg[field] === 'boolean' ? leg[field] : null)
  const ms = (field: string) => wholeMs(leg[field])
  const end = ms('endedTime')
  return {
    task_leg_id: legId(source.key, leg.id),
    leg_start_time: new Date(startMs),
    data_source_id: source.dataSourceId,
    source_leg_id: leg.id,
    source_task_id: leg.taskId,
    conversation_id: conversationId(source.key, leg.taskId),
    leg_end_time: end === null ? null : new Date(end),
    last_activity_time: new Date(lastActivityOf(leg)),
    is_active: flag('isActive') ?? end === null,
    status: text('status'),
    contact_state: text('contactState'),
    channel_type: channelTypeOf(text('channelType'), text('channelSubType')),
    direction: isOutbound(leg) ? 'Outbound' : 'Inbound',
    entry_point_id: mapped(leg.entryPoint, ids.entryPoint),
    queue_id: mapped(leg.queue, ids.queue),
    source_queue_id: knownText(leg.queue?.id),
    queued_to: text('queuedTo'),
    agent_id: mapped(leg.owner, (id) => ids.agent('User', id)),
    team_id: mapped(leg.team, ids.team),
    site_id: mapped(leg.site, ids.site),
    next_queue_id: mapped(leg.nextDestination?.queue, ids.queue),
    next_agent_id: mapped(leg.nextDestination?.agent, (id) => ids.agent('User', id)),
    next_team_id: mapped(leg.nextDestination?.team, ids.team),
    handle_type: text('handleType'),
    is_handled: flag('isTaskLegHandled'),
    is_within_service_level: flag('isWithinServiceLevel'),
    service_level_ms: serviceLevelMsOf(leg['slaValue']),
    is_opted_out: flag('isOptOutOfQueue'),
    abandoned_type: text('abandonedType'),
    terminated_by: text('terminatingEnd'),
    termination_reason: text('terminationReason'),
    wrap_up_code_name: text('lastWrapupCodeName'),
    queue_time_ms: wholeMs(leg.queue?.duration),
    ringing_time_ms: ms('ringingDuration'),
    connected_time_ms: ms('connectedDuration'),
    hold_time_ms: ms('holdDuration'),
    consult_time_ms: ms('consultDuration'),
    conference_time_ms: ms('conferenceDuration'),
    wrap_up_time_ms: ms('wrapupDuration'),
    handle_time_ms: ms('handleTime'),
  }
}

export function legId(dataSourceKey: string, sourceLegId: string): string {
  return rowId(dataSourceKey, 'task_leg', sourceLegId)
}

/** Whoever the leg names, and how. */
export function seeLegMembers(members: SeenMembers, leg: ClrRecord): void {
  members.at(leg.createdTime)
  members.entryPoint(leg.entryPoint?.id, leg.entryPoint?.name)
  members.queue(leg.queue?.id, leg.queue?.name)
  members.agent('User', leg.owner?.id, leg.owner?.name, leg.owner?.signInId)
  members.team(leg.team?.id, leg.team?.name)
  members.site(leg.site?.id, leg.site?.name)
  const { agent, team, queue } = leg.nextDestination ?? {}
  members.agent('User', agent?.id, agent?.name, agent?.signInId)
  members.team(team?.id, team?.name)
  members.queue(queue?.id, queue?.name)
}

/** `slaValue` is text and in seconds (§3.10.5); null for anything that is no promise. */
export function serviceLevelMsOf(value: unknown): number | null {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0) return null
  const ms = Math.round(seconds * 1_000)
  return Number.isSafeInteger(ms) ? ms : null
}

/** A leg that does not say when it was last touched is as old as its latest time. Epoch ms. */
export function lastActivityOf(leg: ClrRecord): number {
  return wholeMs(leg['lastActivityTime']) ?? wholeMs(leg['endedTime']) ?? leg.createdTime
}

function isOutbound(leg: ClrRecord): boolean {
  return leg['isOutdial'] === true || /^out(bound|dial)$/i.test(knownText(leg['direction']) ?? '')
}

function wholeMs(value: unknown): number | null {
  const ms = typeof value === 'number' ? knownMs(value) : null
  return ms === null ? null : Math.round(ms)
}

function mapped(reference: NamedReference | null | undefined, idOf: (sourceId: string) => string): string | null {
  const id = knownText(reference?.id)
  return id === null ? null : idOf(id)
}
