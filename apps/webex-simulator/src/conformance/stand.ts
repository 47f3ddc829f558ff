/** A simulator to ask samples of: a small centre that has lived through all the times they ask about. */
import { openOrgs } from '../open-orgs.ts'
import { readSettings } from '../settings.ts'
import { createSimulator } from '../simulator.ts'
import type { AskedWindow } from './query-facts.ts'
import type { Ask, Reply } from './judge.ts'

export interface Stand {
  readonly orgId: string
  /** The simulated moment of {@link call}: the end of all windows, at noon of a working day. */
  readonly nowMs: number
  /** Asks with the clock at this moment. */
  askAt(nowMs: number): Ask
  /** Any other path; with a body it is a POST. */
  call(path: string, options?: { readonly body?: unknown; readonly token?: boolean }): Promise<Reply>
  /** The token endpoint's answer. */
  refresh(): Promise<Reply>
  stop(): Promise<void>
}

const DAY_MS = 86_400_000
/** A few rows each day show every shape; more would only take time. */
const TASKS_PER_DAY = '6'

export async function startStand({ fromMs, toMs }: AskedWindow): Promise<Stand> {
  const settings = readSettings({
    SIM_CLOCK_SPEED: '0',
    SIM_CLOCK_START: new Date(toMs).toISOString(),
    SIM_DAYS: String(Math.ceil((toMs - fromMs) / DAY_MS) + 2),
    SIM_TASKS_PER_DAY: TASKS_PER_DAY,
    SIM_RATE_LIMIT_PER_MINUTE: '1000000',
    SIM_SCOPES: 'cjp:config cjp:config_read cjp:config_write spark:people_read',
    // The clock jumps between years; a token must outlive that.
    SIM_ACCESS_TOKEN_SECONDS: '1000000000',
    SIM_REFRESH_TOKEN_SECONDS: '1000000000',
  })
  const { orgs, clock } = await openOrgs(settings, toMs)
  const app = createSimulator(settings, { orgs, clock })
  const url = await app.listen({ host: settings.SIM_HOST, port: 0 })
  const send = async (path: string, init: RequestInit): Promise<Reply> => {
    const response = await fetch(url + path, init)
    return { status: response.status, text: await response.text() }
  }
  const refresh = () =>
    send('/v1/access_token', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: settings.SIM_CLIENT_ID,
        client_secret: settings.SIM_CLIENT_SECRET,
        refresh_token: settings.SIM_REFRESH_TOKEN,
      }),
    })
  clock.set(fromMs)
  const { access_token: token } = JSON.parse((await refresh()).text) as { access_token: string }
  const bearer = { authorization: `Bearer ${token}` }
  const { id: orgId } = orgs.all[0]
  const nowMs = workingNoon(toMs)
  return {
    orgId,
    nowMs,
    refresh,
    askAt: (atMs) => async (query, variables) => {
      clock.set(atMs)
      return send(`/search?orgId=${orgId}`, {
        method: 'POST',
        headers: { ...bearer, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      })
    },
    call: async (path, { body, token: withToken = true } = {}) => {
      clock.set(nowMs)
      const headers = withToken ? bearer : {}
      if (body === undefined) return send(path, { headers })
      return send(path, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    },
    stop: async () => {
      await app.close()
    },
  }
}

/** Noon (UTC) of the last Wednesday before. */
function workingNoon(beforeMs: number): number {
  const noon = Math.floor(beforeMs / DAY_MS) * DAY_MS - DAY_MS / 2
  const daysSinceWednesday = (new Date(noon).getUTCDay() + 4) % 7
  return noon - daysSinceWednesday * DAY_MS
}
