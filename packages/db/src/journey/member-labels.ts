import { type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'
import { inStatements, sortedByKey } from './recordset.ts'

export type MemberKind = 'agent' | 'queue' | 'team' | 'site' | 'entry_point' | 'outcome' | 'agent_status'
export type LabelKind = 'name' | 'login'

/**
 * A name (or sign-in) that records give a member, with the first and the last UTC day of such a record, in days since 1970. Days and not
 * milliseconds, so that a name that stays is written once a day and not with every record.
 */
export interface SeenLabel {
  readonly label: string
  readonly fromDay: number
  readonly untilDay: number
}

/** A label as records or the configuration say it. */
export interface LabelRow {
  readonly memberId: string
  readonly memberKind: MemberKind
  readonly labelKind: LabelKind
  readonly label: string
  readonly fromDay?: number
  readonly untilDay?: number
  /** The vendor's own time of the object's last change, epoch ms. */
  readonly configuredFromMs?: number
}

/**
 * One transaction at a time decides about the members of a source: which label is the newest is seen only by whoever sees all of them. Taken before
 * labels are written, released at the transaction's end.
 */
export async function lockMembers(tx: Transaction<DB>, dataSourceId: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('members:' || ${dataSourceId}::text, 0))`.execute(tx)
}

/** Widens what is known of these labels; what is known already is not touched. */
export async function saveLabels(
  tx: Transaction<DB>,
  dataSourceId: number,
  labels: readonly LabelRow[],
): Promise<void> {
  const ordered = sortedByKey(labels, (row) => `${row.memberId}/${row.labelKind}/${row.label}`)
  for (const json of inStatements(ordered)) {
    await sql`
      insert into journey.member_label as t
        (member_id, label_kind, label, data_source_id, member_kind, seen_from, seen_until, configured_from)
      select x.* from (
        select "memberId", "labelKind", label, ${dataSourceId}::smallint, "memberKind", date '1970-01-01' + "fromDay" as seen_from,
          date '1970-01-01' + "untilDay" as seen_until, to_timestamp("configuredFromMs" / 1000.0) as configured_from
        from json_to_recordset(${json}::json) as r("memberId" uuid, "memberKind" text, "labelKind" text, label text, "fromDay" integer,
          "untilDay" integer, "configuredFromMs" float8)) x
      where not exists (
        select from journey.member_label k
        where (k.member_id, k.label_kind, k.label) = (x."memberId", x."labelKind", x.label)
          and (x.seen_from is null or k.seen_from <= x.seen_from and k.seen_until >= x.seen_until)
          and (x.configured_from is null or k.configured_from <= x.configured_from))
      on conflict (member_id, label_kind, label) do update
      set seen_from = least(t.seen_from, excluded.seen_from), seen_until = greatest(t.seen_until, excluded.seen_until),
        configured_from = least(t.configured_from, excluded.configured_from), updated_at = now()`.execute(tx)
  }
}
