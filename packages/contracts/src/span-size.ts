import type { Stream } from './ledger.ts'

/** Rows of a full page of Search (webex-cc-api §3). */
export const PAGE_RECORDS: Readonly<Record<Stream, number>> = { task: 250, agent_session: 250, task_leg: 500 }

/** A page of tasks or sessions is followed by one of their activities; legs have none. */
export const REQUESTS_PER_PAGE: Readonly<Record<Stream, number>> = { task: 2, agent_session: 2, task_leg: 1 }

/** The newest activities of a channel slot that come beside their session, and as many as each further request brings. */
const ACTIVITIES_PER_REQUEST = 100
/** Ringing, connected, wrapping up, idle or available again, and now and then a hold or a consult. */
const ACTIVITIES_PER_TASK = 5
/** An agent's busy day has more than a hundred now and then, however quiet the others are. */
const LEAST_EXTRA_REQUESTS = 0.1

/** Sessions bring up to hundreds of activities each, so fewer pages of them fill a span: a full one at the least, unless their activities make it less. */
const SESSION_PAGES_SHARE = 0.25
/** Requests of a span of sessions, per full page of tasks one may have: a cut costs two, which is 2 % of 96. */
const SESSION_REQUESTS_PER_PAGE = 12

/** Requests for activities that did not fit beside their session, per session: as many as there are contacts for each, by the vendor's counts. */
export function extraRequestsPerSession(counted: { readonly tasks: number; readonly sessions: number }): number {
  if (counted.sessions === 0) return LEAST_EXTRA_REQUESTS
  const activities = (ACTIVITIES_PER_TASK * counted.tasks) / counted.sessions
  // What does not fill a last request is half of one on average, and the first comes with the session.
  return Math.max(LEAST_EXTRA_REQUESTS, activities / ACTIVITIES_PER_REQUEST - 0.5)
}

/** Records one span may bring, if `spanPages` pages of tasks are the most for one of tasks. A single quarter hour may exceed it. */
export function recordsPerSpan(stream: Stream, spanPages: number, extraPerSession: number): number {
  if (stream !== 'agent_session') return spanPages * PAGE_RECORDS[stream]
  const byPages = Math.max(1, Math.floor(spanPages * SESSION_PAGES_SHARE)) * PAGE_RECORDS.agent_session
  const byRequests = Math.floor((spanPages * SESSION_REQUESTS_PER_PAGE) / extraPerSession)
  return Math.max(1, Math.min(byPages, byRequests))
}
