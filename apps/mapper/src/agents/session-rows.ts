import type { AgentSessionRow, StateIntervalRow } from '@wxcc/db/journey/fact-tables'
import type { SeenStatus } from '@wxcc/db/journey/dimensions'
import type { SessionCopy } from '../pages/collect-sessions.ts'
import { agentStateOf, type AgentStateTable } from '../rules/agent-time/agent-states.ts'
import { type AarRecord, knownMs, knownText } from '../rules/records.ts'
import type { SourceIds } from '../source-ids.ts'
import { MalformedRecord } from '../tasks/derive-task.ts'
import type { SeenMembers } from '../tasks/seen-members.ts'

/** What one login's copy gives, before it is compared with what is held. */
export interface SessionRows {
  readonly session: Omit<AgentSessionRow, 'activity_count' | 'is_activity_complete'>
  readonly intervals: readonly StateIntervalRow[]
  readonly statuses: readonly SeenStatus[]
}

/** Pure. Throws `MalformedRecord` for an ASR that lacks what every one has. */
export function sessionRows(
  copy: SessionCopy,
  dataSourceId: number,
  ids: SourceIds,
  table: AgentStateTable,
): SessionRows {
  const { asr } = copy
  if (typeof asr.agentId !== 'string' || !Number.isFinite(asr.startTime)) {
    throw new MalformedRecord('an ASR without agentId or startTime')
  }
  const endMs = knownMs(asr.endTime)
  // Over, but since when is not told.
  const isOver = endMs === null && asr.isActive === false
  const logoutMs = isOver ? lastMoment(copy) : endMs
  const agentId = ids.agent('User', asr.agentId)
  const sessionId = ids.session(copy.sessionId)
  const session = {
    agent_session_id: sessionId,
    data_source_id: dataSourceId,
    source_agent_session_id: copy.sessionId,
    agent_id: agentId,
    team_id: mapped(asr.teamId, ids.team),
    site_id: mapped(asr.siteId, ids.site),
    login_time: new Date(asr.startTime),
    logout_time: logoutMs === null ? null : new Date(logoutMs),
    logout_evidence: logoutMs === null ? null : isOver ? 'last_activity' : 'source',
    logout_reason: knownText(asr.agentSignOutReason),
    is_active: logoutMs === null,
    multimedia_profile: knownText(asr.multiMediaProfileType),
    channel_totals: Object.fromEntries(
      copy.channels.map(({ channelId, channelType, totalCount, figures }) => [
        channelId,
        { ...figures, channelType, totalCount },
      ]),
    ),
  }
  const statuses = new Map<string, SeenStatus>()
  const intervals = copy.channels.flatMap((channel) =>
    channel.activities.map((activity): StateIntervalRow => {
      const status = statusOf(activity, ids, table)
      statuses.set(status.id, status)
      const endMs = knownMs(activity.endTime)
      return {
        agent_state_interval_id: ids.stateInterval(activity.id),
        data_source_id: dataSourceId,
        source_activity_id: activity.id,
        agent_session_id: sessionId,
        agent_id: agentId,
        source_channel_id: channel.channelId,
        channel_type: channel.channelType,
        agent_status_id: status.id,
        source_task_id: knownText(activity.taskId),
        queue_id: mapped(activity.queue?.id, ids.queue),
        outcome_id: mapped(activity.wrapupCode?.id, ids.outcome),
        is_outdial: activity.isOutdial ?? null,
        start_time: new Date(activity.startTime),
        end_time: endMs === null ? null : new Date(endMs),
        duration_ms: endMs === null ? null : Math.max(0, endMs - activity.startTime),
      }
    }),
  )
  return { session, intervals, statuses: [...statuses.values()] }
}

/** Every member of a dimension that the login mentions. */
export function seeSessionMembers(members: SeenMembers, copy: SessionCopy): void {
  const { asr } = copy
  members.at(asr.startTime)
  members.agent('User', asr.agentId, asr.agentName, asr.userLoginId)
  members.team(asr.teamId, asr.teamName)
  members.site(asr.siteId, asr.siteName)
  for (const activity of copy.channels.flatMap((channel) => channel.activities)) {
    members.at(activity.startTime)
    members.queue(activity.queue?.id, activity.queue?.name)
    members.outcome(activity.wrapupCode?.id, activity.wrapupCode?.name)
  }
}

/** The last thing known of a login, epoch ms. */
function lastMoment({ asr, channels }: SessionCopy): number {
  const moments = channels.flatMap(({ figures, activities }) => [
    figures['lastActivityTime'] ?? asr.startTime,
    ...activities.map((activity) => knownMs(activity.endTime) ?? activity.startTime),
  ])
  return moments.reduce((latest, moment) => Math.max(latest, moment), asr.startTime)
}

function statusOf(activity: AarRecord, ids: SourceIds, table: AgentStateTable): SeenStatus {
  const idleCodeId = knownText(activity.idleCode?.id) ?? ''
  const state = agentStateOf(activity.state, table)
  return {
    id: ids.agentStatus(activity.state, idleCodeId),
    sourceState: activity.state,
    idleCodeId,
    // An idle code says why someone is idle; of any other state the state says more.
    name: (state.group === 'Idle' ? knownText(activity.idleCode?.name) : null) ?? activity.state,
    stateGroup: state.group,
    availability: state.availability,
    isUnknown: state.isUnknown,
  }
}

function mapped(sourceId: unknown, idOf: (sourceId: string) => string): string | null {
  const id = knownText(sourceId)
  return id === null ? null : idOf(id)
}
