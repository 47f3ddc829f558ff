/**
 * Vendor records as Search returns them (webex-cc-api §3.10.1-4). Names are spelled as on the wire. Everything but ids and
 * times may be absent, and unknown keys are kept: the vendor adds fields without notice.
 */
type Maybe<T> = T | null | undefined

export interface NamedReference {
  id?: Maybe<string>
  name?: Maybe<string>
}

/** Customer activity record: one step of a contact. Times are epoch ms; -1 means "still running". */
export interface CarRecord {
  id: string
  eventName: string
  createdTime: number
  endedTime?: Maybe<number>
  duration?: Maybe<number>
  isActive?: Maybe<boolean>
  activityType?: Maybe<string>
  activityName?: Maybe<string>
  agentId?: Maybe<string>
  agentName?: Maybe<string>
  agentSessionId?: Maybe<string>
  entrypointId?: Maybe<string>
  entrypointName?: Maybe<string>
  queueId?: Maybe<string>
  queueName?: Maybe<string>
  siteId?: Maybe<string>
  siteName?: Maybe<string>
  teamId?: Maybe<string>
  teamName?: Maybe<string>
  transferType?: Maybe<string>
  consultEpId?: Maybe<string>
  consultEpName?: Maybe<string>
  childContactId?: Maybe<string>
  childContactType?: Maybe<string>
  destinationAgentId?: Maybe<string>
  destinationAgentName?: Maybe<string>
  destinationAgentTeamId?: Maybe<string>
  destinationAgentTeamName?: Maybe<string>
  /** Long in the dictionary, text in answers. */
  destinationAgentPhoneNumber?: Maybe<string | number>
  destinationQueueId?: Maybe<string>
  destinationQueueName?: Maybe<string>
  terminationReason?: Maybe<string>
  ivrScriptId?: Maybe<string>
  ivrScriptName?: Maybe<string>
  ivrScriptTagName?: Maybe<string>
  [field: string]: unknown
}

/** Customer session record: the task as a whole. */
export interface CsrRecord {
  id: string
  createdTime: number
  endedTime?: Maybe<number>
  lastActivityTime?: Maybe<number>
  status?: Maybe<string>
  isActive?: Maybe<boolean>
  channelType?: Maybe<string>
  channelSubType?: Maybe<string>
  origin?: Maybe<string>
  destination?: Maybe<string>
  direction?: Maybe<string>
  isOutdial?: Maybe<boolean>
  outdialType?: Maybe<string>
  isCampaign?: Maybe<boolean>
  campaignId?: Maybe<string>
  campaignName?: Maybe<string>
  isCallback?: Maybe<boolean>
  customer?: Maybe<{ name?: Maybe<string>; phoneNumber?: Maybe<string>; email?: Maybe<string> }>
  terminationType?: Maybe<string>
  terminatingEnd?: Maybe<string>
  terminationReason?: Maybe<string>
  abandonedType?: Maybe<string>
  contactHandleType?: Maybe<string>
  isContactHandled?: Maybe<boolean>
  isContactOffered?: Maybe<boolean>
  isWithInServiceLevel?: Maybe<boolean>
  lastEntryPoint?: Maybe<NamedReference>
  firstQueueId?: Maybe<string>
  firstQueueName?: Maybe<string>
  lastQueue?: Maybe<NamedReference & { duration?: Maybe<number> }>
  lastSite?: Maybe<NamedReference>
  lastTeam?: Maybe<NamedReference>
  lastAgent?: Maybe<NamedReference & { signInId?: Maybe<string>; sessionId?: Maybe<string> }>
  lastWrapUpCodeId?: Maybe<string>
  lastWrapupCodeName?: Maybe<string>
  botName?: Maybe<string>
  ivrScriptId?: Maybe<string>
  ivrScriptName?: Maybe<string>
  totalDuration?: Maybe<number>
  selfserviceDuration?: Maybe<number>
  queueDuration?: Maybe<number>
  ringingDuration?: Maybe<number>
  connectedDuration?: Maybe<number>
  holdDuration?: Maybe<number>
  consultDuration?: Maybe<number>
  conferenceDuration?: Maybe<number>
  wrapupDuration?: Maybe<number>
  csatScore?: Maybe<number>
  autoCsat?: Maybe<string | number>
  contactDriver?: Maybe<string>
  topicName?: Maybe<string>
  globalVariables?: unknown
  [field: string]: unknown
}

/** Agent session record: one login. `startTime`/`endTime` are login and logout. */
export interface AsrRecord {
  agentSessionId: string
  agentId: string
  startTime: number
  endTime?: Maybe<number>
  isActive?: Maybe<boolean>
  agentName?: Maybe<string>
  userLoginId?: Maybe<string>
  agentSignOutReason?: Maybe<string>
  teamId?: Maybe<string>
  teamName?: Maybe<string>
  siteId?: Maybe<string>
  siteName?: Maybe<string>
  multiMediaProfileType?: Maybe<string>
  [field: string]: unknown
}

/** Agent activity record: one state of one channel slot. */
export interface AarRecord {
  id: string
  state: string
  startTime: number
  endTime?: Maybe<number>
  duration?: Maybe<number>
  idleCode?: Maybe<NamedReference>
  wrapupCode?: Maybe<NamedReference>
  taskId?: Maybe<string>
  queue?: Maybe<NamedReference>
  isOutdial?: Maybe<boolean>
  isCurrentActivity?: Maybe<boolean>
  isLogoutActivity?: Maybe<boolean>
  [field: string]: unknown
}

/** The vendor writes -1 for "not yet" in times and durations (model §2.1). */
export function knownMs(value: number | null | undefined): number | null {
  return value == null || value < 0 || !Number.isFinite(value) ? null : value
}

/** Empty text means "not set" throughout the vendor's answers. */
export function knownText(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value : null
}
