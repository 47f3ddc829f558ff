import type { RunningApp } from '@wxcc/sandbox/process'
import type { AarRecord, AsrRecord } from '../rules/records.ts'
import type { SessionRecords } from '../testing/records.testing.ts'

interface Slot {
  readonly channelId: string
  readonly activities: {
    readonly totalCount: number
    readonly nodes: readonly AarRecord[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

/** One stretch of an agent's one timeline, as the simulator wrote it down before it rendered any record. Times are epoch ms. */
export interface TrueState {
  readonly agentId: string
  readonly stateGroup: string
  readonly startTime: number
  readonly endTime: number | null
}

const ASR = 'agentSessionId agentId agentName userLoginId teamId teamName siteId siteName startTime endTime isActive'
const slots = (after: string | null) => `channelInfo { channelId channelType lastActivityTime
  activities(first: 100${after === null ? '' : `, after: ${JSON.stringify(after)}`}) { totalCount pageInfo { hasNextPage endCursor }
    nodes { id startTime endTime duration state idleCode { id name } taskId queue { id name } wrapupCode { id name } isOutdial } } }`

/** Asks the simulator over HTTP, as it stands at its clock. */
export class SimulatedSessions {
  readonly #app: RunningApp
  #token: string | undefined

  constructor(app: RunningApp) {
    this.#app = app
  }

  async moveClockTo(nowMs: number): Promise<void> {
    await this.#json('/_sim/clock', { body: JSON.stringify({ nowMs }) })
  }

  /** Every login that began within the range, with all states of all its slots. */
  async read(fromMs: number, toMs: number): Promise<SessionRecords[]> {
    const sessions = await this.#search(fromMs, toMs, '', null)
    const records: SessionRecords[] = []
    for (const { channelInfo, ...asr } of sessions) {
      const channels = []
      for (const { channelId, activities } of channelInfo as Slot[]) {
        const nodes = [...activities.nodes]
        let { hasNextPage, endCursor } = activities.pageInfo
        while (hasNextPage) {
          const filter = `, filter: { channelInfo: { channelId: { equals: "${channelId}" } } }`
          const [more] = await this.#search(asr.startTime - 1, asr.startTime + 1, filter, endCursor)
          const slot = (more!['channelInfo'] as Slot[]).find((each) => each.channelId === channelId)!
          nodes.push(...slot.activities.nodes)
          ;({ hasNextPage, endCursor } = slot.activities.pageInfo)
        }
        channels.push({ channelId, activities: nodes, totalCount: activities.totalCount })
      }
      records.push({ asr: { ...asr, channelInfo }, channels })
    }
    return records
  }

  async truth(fromMs: number, toMs: number): Promise<TrueState[]> {
    return (await this.#json(`/_sim/truth/agent-states?from=${fromMs}&to=${toMs}`)) as TrueState[]
  }

  async #search(fromMs: number, toMs: number, filter: string, after: string | null): Promise<AsrRecord[]> {
    this.#token ??= await this.#login()
    const query = `{ agentSession(from: ${fromMs}, to: ${toMs}${filter}) { agentSessions { ${ASR} ${slots(after)} } } }`
    const answer = (await this.#json('/search', {
      body: JSON.stringify({ query }),
      headers: { authorization: `Bearer ${this.#token}` },
    })) as { data: { agentSession: { agentSessions: AsrRecord[] } } }
    return answer.data.agentSession.agentSessions
  }

  async #login(): Promise<string> {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'simulated-client',
      client_secret: 'simulated-secret',
      refresh_token: 'simulated-refresh-token',
    })
    const response = await fetch(`${this.#app.url()}/v1/access_token`, { method: 'POST', body })
    return ((await response.json()) as { access_token: string }).access_token
  }

  async #json(
    path: string,
    init?: { readonly body: string; readonly headers?: Record<string, string> },
  ): Promise<unknown> {
    const headers = { 'content-type': 'application/json', ...init?.headers }
    const response = await fetch(`${this.#app.url()}${path}`, init && { method: 'POST', body: init.body, headers })
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return response.json()
  }
}
