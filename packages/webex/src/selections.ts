/**
 * Which fields of which record are asked for, as data: dotted paths, spelled as the vendor's data dictionary spells them (webex-cc-api §3.10;
 * `search-api-dictionary` of the public samples, October 2025). Spellings such as `isWithInServiceLevel` and `lastWrapUpCodeId` are the vendor's.
 *
 * Left out: mail bodies and address lists and transcript texts (content comes from Captures, once), storage references that cannot be downloaded,
 * and the typed accessors of global variables (they want each name; `globalVariables` has all).
 */

function fields(paths: string): readonly string[] {
  return paths.trim().split(/\s+/)
}

/** Task (CSR), §3.10.1. */
export const CSR_FIELDS = fields(`
  id status channelType createdTime endedTime origin destination contactReason direction terminationType
  channelSubType customer.name customer.phoneNumber customer.email isActive isCampaign outdialType isCallback
  cpaStatus channelMetaData.email.subject channelMetaData.email.metadata channelMetaData.chat.chatReason callbackData.callbackRequestTime
  callbackData.callbackConnectTime callbackData.callbackNumber callbackData.callbackStatus
  callbackData.callbackOrigin callbackData.callbackType callbackData.callbackQueueName
  callbackData.callbackAgentName callbackData.callbackTeamName callbackData.callbackRetryCount lastQueue.id
  lastQueue.name lastQueue.duration lastSite.id lastSite.name lastTeam.id lastTeam.name lastEntryPoint.id
  lastEntryPoint.name previousQueue.id previousQueue.name preferredAgentSystemId terminationReason ivrScriptName
  ivrScriptTagName abandonedType contactHandleType feedback.surveyOptIn feedback.type feedback.questionsAnswered
  feedback.surveyCompleted feedback.questionsPresented feedback.comment firstQueueName terminatingEnd
  lastWrapUpCodeId lastWrapupCodeName lastAgent.id lastAgent.name lastAgent.signInId lastAgent.sessionId
  lastAgent.phoneNumber lastAgent.channelId abandonedSlCount agentHangupCount botName chainedInToEPCount
  chainedInToQueueCount emailDate epTransferToEPCount firstQueueId fullMonitoringCount isHandledByPreferredAgent
  ivrEndedCount midcallMonitoringCount isEmailSent emailHasAttachments routingType ivrScriptId ivrScriptTagId
  campaignId campaignName campaignStatus flowActivityName flowActivitySequence totalDuration csatScore
  blindTransferCount conferenceCount conferenceDuration consultCount consultDuration holdCount holdDuration
  selfserviceCount selfserviceDuration connectedCount connectedDuration consultToQueueCount consultToQueueDuration
  transferCount wrapupDuration ringingDuration queueDuration queueCount captureRequested isTranscriptionAvailable
  consultToEPCount consultToEPDuration outdialConsultToEPCount outdialConsultToEPDuration agentToDnTransferCount
  agentToAgentTransferCount callCompletedCount autoCsat globalVariables matchedSkills requiredSkills
  matchedSkillsProfile skillsAssignedIn isWithInServiceLevel isContactOffered transferErrorCount
  isContactEscalatedToQueue isOptOutOfQueue isContactHandled outdialConsultToQueueCount outdialConsultCount
  overflowCount pausedCount pausedDuration previousAgentId previousAgentSessionId previousAgentName
  queueTransferToEPCount queueTransferToQueueCount recordingFileSize recordingCount recordingErrorCount resumedCount
  shortInIVRCount shortInQueueCount silentMonitoringCount suddenDisconnectCount totalMonitoringCount
  outdialConsultToQueueDuration transferInToEPCount isOutdial monitoringTimestamp isRecordingDeleted isMonitored
  monitorFullName isBarged bargedInDuration bargedInCount bargedInFailedCount preferredAgentName
  agentTransferedInCount agentToEntrypointTransferCount agentToQueueTransferCount totalBnrDuration lastActivityTime
  postCallDuration manualAssignCount contactPriority transferEpDN topicName contactDriver
`)

/** Customer activity (CAR), below `activities.nodes`, §3.10.2. */
export const CAR_FIELDS = fields(`
  id isActive createdTime endedTime agentId agentName agentPhoneNumber agentSessionId agentChannelId entrypointId
  entrypointName queueId queueName siteId siteName teamId teamName transferType activityType activityName eventName
  previousState nextState consultEpId consultEpName childContactId childContactType duration
  destinationAgentPhoneNumber destinationAgentId destinationAgentName destinationAgentSessionId
  destinationAgentChannelId destinationAgentTeamId destinationAgentTeamName destinationQueueName destinationQueueId
  terminationReason ivrScriptId ivrScriptName ivrScriptTagId ivrScriptTagName bnrMode lastActivityTime
  skillsAssignedIn emailHasAttachments contactAssignmentType
`)

/** Agent session (ASR), §3.10.3. */
export const ASR_FIELDS = fields(`
  isActive agentId agentName agentSessionId agentSignOutReason userLoginId endTime startTime state siteId siteName
  teamId teamName orgId orgName multiMediaProfileType skillsProfile agentSkills parentOrgId parentOrgName
`)

/** One channel slot of an agent session with its counters, below `channelInfo`, §3.10.3. */
export const ASR_CHANNEL_FIELDS = fields(`
  channelId channelType totalDuration agentPhoneNumber currentState ringingDuration ringingCount outdialRingingCount
  outdialRingingDuration idleCount idleDuration availableCount availableDuration connectedCount connectedDuration
  outdialConnectedCount outdialConnectedDuration conferenceCount conferenceDuration outdialConferenceCount
  outdialConferenceDuration consultAnswerCount consultAnswerDuration outdialConsultAnswerCount
  outdialConsultAnswerDuration consultRequestCount consultRequestDuration outdialConsultRequestCount
  outdialConsultRequestDuration consultCount consultDuration outdialConsultCount outdialConsultDuration
  consultToQueueAnswerCount consultToQueueAnswerDuration outdialConsultToQueueAnswerCount
  outdialConsultToQueueAnswerDuration consultToQueueRequestCount consultToQueueRequestDuration
  outdialConsultToQueueRequestCount outdialConsultToQueueRequestDuration consultToQueueCount consultToQueueDuration
  holdCount holdDuration outdialHoldCount outdialHoldDuration notRespondedCount notRespondedDuration
  outdialNotRespondedCount outdialNotRespondedDuration wrapupCount wrapupDuration outdialWrapupCount
  outdialWrapupDuration disconnectedCount agentToAgentTransferCount outdialAgentToAgentTransferCount
  outdialAgentTransferToQueueRequestCount agentTransferToQueueRequestCount blindTransferCount
  outdialBlindTransferCount outdialCount outdialTransferCount disconnectedHoldCallsCount transferCount
  subChannelType outdialConsultTransferDuration callBackCount lastActivityTime idleCodeName
  consultToEpRequestedCount consultToEpRequestedDuration consultToEpAnsweredCount consultToEpAnsweredDuration
  outdialConsultToEpRequestedCount outdialConsultToEpRequestedDuration outdialConsultToEpAnsweredCount
  outdialConsultToEpAnsweredDuration totalReservationTime reservationCount postCallDuration postCallCount
  outdialPostCallDuration outdialPostCallCount postCallAssistanceDuration postCallAssistanceCount
  outdialPostCallAssistanceDuration outdialPostCallAssistanceCount manualAssignCount
`)

/** Agent activity (AAR), below `channelInfo.activities.nodes`, §3.10.4. */
export const AAR_FIELDS = fields(`
  id startTime endTime duration state idleCode.id idleCode.name taskId queue.id queue.name wrapupCode.id
  wrapupCode.name isOutdial outboundType isCurrentActivity isLoginActivity isLogoutActivity changedById
  changedByName contactAssignmentType
`)

/**
 * Task leg (CLR), §3.10.5. Who the customer is, numbers and variables are left out: the task has them, so a leg holds no personal data of a customer
 * and outlives an erasure untouched.
 */
export const CLR_FIELDS = fields(`
  id taskId createdTime endedTime lastActivityTime isActive status contactState channelType channelSubType direction
  callType isOutdial routingType entryPoint.id entryPoint.name queue.id queue.name queue.duration owner.id owner.name
  owner.signInId owner.sessionId owner.channelId site.id site.name team.id team.name nextDestination.agent.id
  nextDestination.agent.name nextDestination.agent.signInId nextDestination.team.id nextDestination.team.name
  nextDestination.queue.id nextDestination.queue.name queuedTo handleType handleTime isTaskLegHandled
  isWithinServiceLevel slaValue isOptOutOfQueue optOutOfQueueTimestamp abandonedType abandonedSlCount terminatingEnd
  terminationReason ivrScriptId ivrScriptName lastWrapupCodeName wrapupDuration selfserviceCount selfserviceDuration
  ringingDuration connectedCount connectedDuration holdCount holdDuration postCallDuration queueCount taskLegCount
  manualAssignCount consultDuration consultSuccessCount conferenceDuration conferenceSuccessCount childContactId
  childContactType blindTransferCount transferCount transferErrorCount agentToDnTransferCount
  agentTransferedInCount interQueueBlindTransferCount interQueueConsultTransferCount blindTransferToAgentCount
`)

/** Writes dotted paths as a GraphQL selection: `a.b a.c d` → `a{b c} d`. */
export function toSelection(paths: readonly string[]): string {
  const groups = new Map<string, string[]>()
  for (const path of paths) {
    const [head = path, ...rest] = path.split('.')
    const below = groups.get(head) ?? []
    groups.set(head, below)
    if (rest.length > 0) below.push(rest.join('.'))
  }
  return [...groups].map(([head, below]) => (below.length === 0 ? head : `${head}{${toSelection(below)}}`)).join(' ')
}
