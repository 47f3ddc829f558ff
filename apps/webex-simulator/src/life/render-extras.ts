/** Parts of a CSR that only some contacts have: callback, campaign, mail, and what becomes known after the end (webex-cc-api §3.10.1). */
import { hasVoiceTranscript } from './captures/spoken.ts'
import type { Customer } from './customer.ts'
import type { Callback, LateNews, TaskScript } from './script.ts'

export function callbackFields(callback: Callback | null, customer: Customer, asOfMs: number) {
  if (callback === null || callback.requestedAt > asOfMs) return { isCallback: false, callbackData: NO_CALLBACK }
  const isSettled = callback.settledAt !== null && callback.settledAt <= asOfMs
  const agent = isSettled ? callback.agent : null
  return {
    isCallback: true,
    callbackData: {
      callbackRequestTime: callback.requestedAt,
      callbackConnectTime: isSettled ? (callback.connectedAt ?? -1) : -1,
      callbackNumber: customer.phoneNumber,
      callbackStatus: isSettled && !callback.isFailed ? 'Success' : 'Not Processed',
      callbackOrigin: callback.origin,
      callbackType: callback.type,
      callbackQueueName: callback.queue.name,
      callbackAgentName: agent?.name ?? null,
      callbackTeamName: agent?.team.name ?? null,
      callbackRetryCount: isSettled && callback.isFailed ? 1 : 0,
    },
  }
}

const NO_CALLBACK = {
  callbackRequestTime: null,
  callbackConnectTime: null,
  callbackNumber: null,
  callbackStatus: null,
  callbackOrigin: null,
  callbackType: null,
  callbackQueueName: null,
  callbackAgentName: null,
  callbackTeamName: null,
  callbackRetryCount: null,
}

export function campaignFields({ campaign, isOutdial }: TaskScript, isEnded: boolean) {
  return {
    isCampaign: campaign !== null,
    campaignId: campaign?.id ?? null,
    campaignName: campaign?.name ?? null,
    campaignStatus: campaign === null ? null : isEnded ? 'Closed' : 'Active',
    cpaStatus: campaign === null || !isEnded ? null : campaign.cpa,
    outdialType: campaign?.type ?? (isOutdial ? 'OUTDIAL' : null),
  }
}

/** Text parts of a mail; lists of addresses are comma-separated text. */
export function mailFields(task: TaskScript, customer: Customer, asOfMs: number) {
  const { mail, messages, channel } = task
  const transcript = task.transcriptAt !== null && task.transcriptAt <= asOfMs ? `${task.id}-transcript` : null
  const channelMetaData = {
    email: {
      subject: mail?.subject ?? null,
      metadata: threadOf(mail),
      // The older root `task` spells it so (webex-cc-api §3.10.1).
      metaData: threadOf(mail),
    },
    chat: { chatReason: channel === 'chat' ? 'Website' : null },
    inBoundTranscript: transcript,
    outBoundTranscript: transcript,
  }
  if (mail === null) return { ...NO_MAIL, channelMetaData }
  const question = messages.find((message) => message.from === 'Customer')?.text ?? null
  const isAnswered = mail.answeredAt !== null && mail.answeredAt <= asOfMs
  const answer = isAnswered ? (messages.findLast((message) => message.from === 'Agent')?.text ?? null) : null
  return {
    channelMetaData,
    emailBody: question,
    emailContent: question,
    emailContentType: 'text/plain',
    emailDate: task.createdTime,
    emailFullMessage: question,
    emailMessageId: mail.messageId,
    emailRef: mail.thread,
    emailReplyBody: answer,
    emailReplyContentType: answer === null ? null : 'text/plain',
    emailBccList: null,
    emailCcList: mail.ccList.join(','),
    emailReplyTo: customer.email,
    emailToList: mail.toList.join(','),
    isEmailSent: isAnswered,
    emailHasAttachments: mail.hasAttachments,
  }
}

const threadOf = (mail: TaskScript['mail']) =>
  mail === null ? null : JSON.stringify({ threadId: mail.thread, part: mail.part })

const NO_MAIL = {
  emailBody: null,
  emailContent: null,
  emailContentType: null,
  emailDate: null,
  emailFullMessage: null,
  emailMessageId: null,
  emailRef: null,
  emailReplyBody: null,
  emailReplyContentType: null,
  emailBccList: null,
  emailCcList: null,
  emailReplyTo: null,
  emailToList: null,
  isEmailSent: false,
  emailHasAttachments: null,
}

/** Scores and topics: null or `N/A` until they are there; `csatScore` is 0 when nobody answered (webex-cc-api §3.10.1). */
export function lateFields(task: TaskScript, asOfMs: number) {
  const known = <W extends LateNews['what']>(what: W) =>
    task.late.find((news): news is Extract<LateNews, { what: W }> => news.what === what && news.at <= asOfMs)
  const survey = known('survey')
  const autoCsat = known('auto-csat')
  const topics = known('topics')
  const isAsked = task.endedTime !== null && task.endedTime <= asOfMs && task.late.some(({ what }) => what === 'survey')
  const asked = task.late.find((news) => news.what === 'survey')
  return {
    csatScore: survey?.score ?? 0,
    autoCsat: autoCsat === undefined ? null : autoCsat.score.toFixed(1),
    sentiment: autoCsat === undefined ? null : autoCsat.score >= 3 ? 'Positive' : 'Negative',
    customerSentimentScore: autoCsat === undefined ? null : autoCsat.score * 20,
    autoEvalScore: autoCsat === undefined ? null : autoCsat.score * 18,
    topicName: topics?.topic ?? 'N/A',
    contactDriver: topics?.driver ?? 'N/A',
    feedback: {
      surveyOptIn: isAsked ? 'true' : null,
      type: isAsked ? (asked?.what === 'survey' && asked.isInline ? 'INLINE' : 'DEFERRED') : null,
      comment: survey?.comment ?? null,
      questionsPresented: isAsked ? 2 : null,
      questionsAnswered: survey === undefined ? (isAsked ? 0 : null) : 2,
      surveyCompleted: isAsked ? survey !== undefined : null,
    },
    isTranscriptionAvailable: hasTranscript(task, asOfMs) ? true : null,
  }
}

const hasTranscript = (task: TaskScript, asOfMs: number) =>
  task.channel === 'telephony'
    ? hasVoiceTranscript(task, asOfMs)
    : task.transcriptAt !== null && task.transcriptAt <= asOfMs
