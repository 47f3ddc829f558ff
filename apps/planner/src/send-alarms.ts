import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import { type UnsentAlarm, sendOneAlarm } from '@wxcc/db/planning/connection-alarms'
import type { Logger } from '@wxcc/telemetry/log'

const TIMEOUT_MS = 5_000
/** A minute doubling up to an hour: until somebody takes it, or it does not hold any more. */
const FIRST_DELAY_MS = 60_000
const MAX_DELAY_MS = 3_600_000

/**
 * Posts one alarm that is due to `ALARM_WEBHOOK_URL`, as JSON with `text` for chat rooms and the facts for programs. Any 2xx takes it; it may come
 * twice, never not at all. The address may hold a secret and is not logged.
 */
export async function sendAlarms(at: {
  readonly db: Database
  readonly clock: Clock
  readonly log: Logger
  readonly url: string
}): Promise<void> {
  const nowMs = await at.clock()
  await sendOneAlarm(at.db, nowMs, async (alarm) => {
    const status = await post(at.url, bodyOf(alarm))
    const isSent = status >= 200 && status < 300
    if (!isSent) at.log.warn({ event: 'alarm_not_sent', status }, 'ALARM_WEBHOOK_URL did not take an alarm')
    return { isSent, notBeforeMs: nowMs + Math.min(FIRST_DELAY_MS * 2 ** alarm.attempts, MAX_DELAY_MS) }
  })
}

function bodyOf({ sources, daysLeft, endsAtMs }: UnsentAlarm): object {
  const who = sources.join(', ')
  return {
    text:
      daysLeft === 0
        ? `wxcc-pipeline: the connection of ${who} is lost; nothing is loaded until somebody connects it again (wxcc connect).`
        : `wxcc-pipeline: the connection of ${who} ends within ${daysLeft === 1 ? 'a day' : `${daysLeft} days`}; connect it again (wxcc connect).`,
    event: daysLeft === 0 ? 'connection_lost' : 'connection_ends',
    sources,
    daysLeft,
    endsAt: endsAtMs === null ? null : new Date(endsAtMs).toISOString(),
  }
}

/** HTTP status; 0 when no answer came. */
async function post(url: string, body: object): Promise<number> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return answer.status
  } catch {
    return 0
  }
}
