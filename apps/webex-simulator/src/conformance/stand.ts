/** A simulator to ask samples of: a small centre that has lived through all the times they ask about. */
import { openOrgs } from '../open-orgs.ts'
import { readSettings } from '../settings.ts'
import { createSimulator } from '../simulator.ts'
import type { AskedWindow } from './query-facts.ts'
import type { Ask } from './judge.ts'

export interface Stand {
  /** Asks with the clock at this moment. */
  askAt(nowMs: number): Ask
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
    // The clock jumps between years; a token must outlive that.
    SIM_ACCESS_TOKEN_SECONDS: '1000000000',
  })
  const { orgs, clock } = await openOrgs(settings, toMs)
  const app = createSimulator(settings, { orgs, clock })
  const url = await app.listen({ host: settings.SIM_HOST, port: 0 })
  clock.set(fromMs)
  const granted = await fetch(`${url}/v1/access_token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: settings.SIM_CLIENT_ID,
      client_secret: settings.SIM_CLIENT_SECRET,
      refresh_token: settings.SIM_REFRESH_TOKEN,
    }),
  })
  const token = ((await granted.json()) as { access_token: string }).access_token
  return {
    askAt: (nowMs) => async (query, variables) => {
      clock.set(nowMs)
      const response = await fetch(`${url}/search?orgId=${orgs.all[0].id}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
      })
      return { status: response.status, text: await response.text() }
    },
    stop: async () => {
      await app.close()
    },
  }
}
