import { z } from 'zod'
import type { Span } from './script.testing.ts'

/** What the vendor itself sums up of a task (webex-cc-api §3.10.1, ms), read from Search and not from our pages. */
const taskTotals = z.object({
  id: z.string(),
  isActive: z.boolean(),
  connectedDuration: z.number(),
  holdDuration: z.number(),
  queueDuration: z.number(),
  ringingDuration: z.number(),
  wrapupDuration: z.number(),
  selfserviceDuration: z.number(),
  queueCount: z.number(),
  isContactHandled: z.boolean(),
  contactHandleType: z.string().nullable(),
  conferenceCount: z.number(),
  consultCount: z.number(),
  consultToQueueCount: z.number(),
  blindTransferCount: z.number(),
  isOutdial: z.boolean(),
  isCallback: z.boolean().nullable(),
  botName: z.string().nullable(),
})
export type TaskTotals = z.infer<typeof taskTotals>

const answer = z.object({
  data: z.object({
    taskDetails: z.object({
      tasks: z.array(taskTotals),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    }),
  }),
})

/** Totals of all tasks created in the span, by task id. */
export async function readTaskTotals(
  simulatorUrl: string,
  org: { readonly orgId: string; readonly refreshToken: string },
  span: Span,
): Promise<Map<string, TaskTotals>> {
  const token = await accessToken(simulatorUrl, org.refreshToken)
  const select = Object.keys(taskTotals.shape).join(' ')
  const found = new Map<string, TaskTotals>()
  for (let cursor = 'NA', isLast = false; !isLast;) {
    const response = await fetch(`${simulatorUrl}/search?orgId=${org.orgId}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({
        query: `query($from: Long!, $to: Long!, $cursor: String) { taskDetails(from: $from, to: $to, pagination: {cursor: $cursor}) {
          tasks { ${select} } pageInfo { hasNextPage endCursor } } }`,
        variables: { from: span.fromMs, to: span.toMs, cursor },
      }),
    })
    const { tasks, pageInfo } = answer.parse(await response.json()).data.taskDetails
    for (const task of tasks) found.set(task.id, task)
    cursor = pageInfo.endCursor ?? ''
    isLast = !pageInfo.hasNextPage
  }
  return found
}

async function accessToken(simulatorUrl: string, refreshToken: string): Promise<string> {
  const response = await fetch(`${simulatorUrl}/v1/access_token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'simulated-client',
      client_secret: 'simulated-secret',
      refresh_token: refreshToken,
    }),
  })
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token
}
