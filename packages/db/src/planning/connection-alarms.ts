import { sql } from 'kysely'
import type { Database } from '../connect.ts'
import type { PlannerTransaction } from './planner-transaction.ts'

/** Sets the alarm level a credential stands at; null = all is well. */
export async function setAlarmLevel(tx: PlannerTransaction, credentialId: number, level: number | null): Promise<void> {
  await tx
    .updateTable('etl.credential')
    .set({ alarmed_days: level })
    .where('credential_id', '=', credentialId)
    .execute()
}

export async function raiseAlarm(
  tx: PlannerTransaction,
  alarm: {
    readonly credentialId: number
    readonly daysLeft: number
    readonly endsAtMs: number | null
    readonly nowMs: number
  },
): Promise<void> {
  await tx
    .insertInto('etl.connection_alarm')
    .values({
      credential_id: alarm.credentialId,
      days_left: alarm.daysLeft,
      expires_at: alarm.endsAtMs === null ? null : new Date(alarm.endsAtMs),
      raised_at: new Date(alarm.nowMs),
    })
    .execute()
}

/** An alarm that nobody was told of yet and that still holds. */
export interface UnsentAlarm {
  readonly connectionAlarmId: number
  readonly sources: readonly string[]
  readonly daysLeft: number
  readonly endsAtMs: number | null
  readonly attempts: number
}

/**
 * Hands the oldest alarm that is due to `send`, and keeps what came of it; one sender at a time has it. Alarms that were overtaken (a consent, a
 * later level) are not sent. Answers whether there was one.
 */
export async function sendOneAlarm(
  db: Database,
  nowMs: number,
  send: (alarm: UnsentAlarm) => Promise<{ readonly isSent: boolean; readonly notBeforeMs: number }>,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<UnsentAlarm>`
      select a.connection_alarm_id as "connectionAlarmId", a.days_left as "daysLeft", a.attempts,
        (extract(epoch from a.expires_at) * 1000)::bigint as "endsAtMs",
        array(select s.data_source_key from etl.data_source s where s.credential_id = a.credential_id and s.state <> 'removed' order by 1) as sources
      from etl.connection_alarm a join etl.credential c using (credential_id)
      where a.sent_at is null and c.alarmed_days = a.days_left and (a.not_before is null or a.not_before <= ${new Date(nowMs)})
      order by a.connection_alarm_id limit 1 for update of a skip locked`.execute(tx)
    const [alarm] = rows
    if (alarm === undefined) return false
    const { isSent, notBeforeMs } = await send(alarm)
    await tx
      .updateTable('etl.connection_alarm')
      .set((eb) => ({
        attempts: eb('attempts', '+', 1),
        sent_at: isSent ? new Date(nowMs) : null,
        not_before: isSent ? null : new Date(notBeforeMs),
      }))
      .where('connection_alarm_id', '=', alarm.connectionAlarmId)
      .execute()
    return true
  })
}
