import { recordsIn, textOf } from '../json.ts'
import type { Json, RecordOf } from '../world.ts'

/** An AAR with the channel slot and the login it belongs to. */
export interface AgentRow {
  readonly session: RecordOf
  readonly channel: RecordOf
  readonly activity: RecordOf
  /** `telephony`, `chat`, `email` or `social`. */
  readonly channelType: string
  readonly state: string
  readonly startMs: number
  /** Undefined while it runs. */
  readonly endMs: number | undefined
}

/** Channels of sessions are REST's already but for the one word (webex-cc-api §3.10.7). */
const sessionChannel = (value: Json | undefined) => textOf(value).replace('social_channel', 'social')

/** Rows of one channel slot, oldest first. */
export function rowsOfSlot(session: RecordOf, channel: RecordOf): readonly AgentRow[] {
  return recordsIn(recordsIn([channel['activities']])[0]?.['nodes']).map((activity) => {
    const end = activity['endTime']
    return {
      session,
      channel,
      activity,
      channelType: sessionChannel(channel['channelType']),
      state: textOf(activity['state']),
      startMs: Number(activity['startTime']),
      endMs: typeof end === 'number' && end >= 0 ? end : undefined,
    }
  })
}

/** One element of `data[]` of `GET /v1/agents/activities` (webex-cc-api §5.2). */
export function agentActivity({ session, channel, activity, channelType, state, startMs, endMs }: AgentRow): object {
  const idleCode = recordsIn([activity['idleCode']])[0]
  const queue = recordsIn([activity['queue']])[0]
  const wrapupCode = recordsIn([activity['wrapupCode']])[0]
  return {
    active: activity['isCurrentActivity'] === true,
    agentId: session['agentId'],
    agentDn: channel['agentPhoneNumber'] ?? null,
    agentLogin: session['userLoginId'] ?? null,
    agentSessionId: session['agentSessionId'],
    agentName: session['agentName'] ?? null,
    currentState: state,
    siteId: session['siteId'] ?? null,
    siteName: session['siteName'] ?? null,
    teamId: session['teamId'] ?? null,
    teamName: session['teamName'] ?? null,
    isLogin: activity['isLoginActivity'] === true ? 1 : 0,
    taskId: activity['taskId'] ?? null,
    channelId: channel['channelId'],
    channelType,
    subChannelType: channel['subChannelType'] ?? null,
    idleCodeName: idleCode?.['name'] ?? null,
    idleCode: idleCode?.['id'] ?? null,
    queueId: queue?.['id'] ?? null,
    queueName: queue?.['name'] ?? null,
    wrapupCodeName: wrapupCode?.['name'] ?? null,
    reason: activity['isLogoutActivity'] === true ? (session['agentSignOutReason'] ?? null) : null,
    startTime: startMs,
    endTime: endMs ?? -1,
    mmProfileType: session['multiMediaProfileType'] ?? null,
  }
}
