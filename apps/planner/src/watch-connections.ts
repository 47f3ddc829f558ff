import { type Connection, listConnections } from '@wxcc/db/connections'
import { raiseAlarm, setAlarmLevel } from '@wxcc/db/planning/connection-alarms'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import type { Logger } from '@wxcc/telemetry/log'
import { judgeConnection } from './judge-connection.ts'

/** A connection that has come nearer to its end, or is lost. */
export interface RaisedAlarm {
  readonly connection: Connection
  /** 30, 14, 7, 1; 0 = lost. */
  readonly daysLeft: number
}

/** Compares every connection with the alarm level it stood at; answers those that became worse, to be logged after commit. */
export async function watchConnections(tx: PlannerTransaction, nowMs: number): Promise<RaisedAlarm[]> {
  const raised: RaisedAlarm[] = []
  for (const connection of await listConnections(tx)) {
    const { credentialId, alarmedDays, endsAtMs } = connection
    const level = judgeConnection(connection, nowMs)
    if (level === alarmedDays) continue
    await setAlarmLevel(tx, credentialId, level)
    if (level === null || (alarmedDays !== null && level > alarmedDays)) continue
    await raiseAlarm(tx, { credentialId, daysLeft: level, endsAtMs, nowMs })
    raised.push({ connection, daysLeft: level })
  }
  return raised
}

export function logAlarms(log: Logger, raised: readonly RaisedAlarm[]): void {
  for (const { connection, daysLeft } of raised) {
    const { sources, endsAtMs, consentCode } = connection
    const fields = { sources, endsAt: endsAtMs === null ? null : new Date(endsAtMs).toISOString() }
    if (daysLeft === 0)
      log.error({ event: 'connection_lost', ...fields, code: consentCode }, 'nothing can be asked until wxcc connect')
    else log.warn({ event: 'connection_ends', ...fields, daysLeft }, 'the refresh token ends: wxcc connect')
  }
}
