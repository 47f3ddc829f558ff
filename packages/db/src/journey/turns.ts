import { type Selectable, type Transaction, sql } from 'kysely'
import type { DB, JourneyTurn } from '../schema.ts'
import { mediaFileFacts, type MediaFileRow, turnFacts, type TurnRow } from './fact-tables.ts'
import { upsertFacts } from './facts.ts'
import { inStatements, sortedByKey } from './recordset.ts'

/** What was said or written in a turn; kept in `pii` only. */
export interface TurnContent {
  readonly turnId: string
  readonly conversationStartTime: Date
  readonly bodyText: string | null
  readonly subject: string | null
  /** Addresses of a mail. */
  readonly headers: unknown
  /** The delivered object, as it came. */
  readonly source: unknown
}

/** One stored capture: its file, its turns, and what they hold. */
export interface DerivedCapture {
  readonly mediaFile: MediaFileRow
  readonly turns: readonly TurnRow[]
  readonly contents: readonly TurnContent[]
}

/**
 * Replaces what one capture gave. Turns that an earlier reading of the same capture gave and this one does not become tombstones
 * (their `source_record_id` begins with `sourcePrefix`).
 */
export async function replaceCapture(
  tx: Transaction<DB>,
  derived: DerivedCapture,
  origin: { readonly fetchId: number | null; readonly sourcePrefix: string },
): Promise<void> {
  await upsertFacts(tx, mediaFileFacts, [derived.mediaFile], null)
  await upsertFacts(tx, turnFacts, derived.turns, origin.fetchId)
  await sql`
    update journey.turn set is_deleted = true, updated_at = now()
    where conversation_id = ${derived.mediaFile.conversation_id}
      and conversation_start_time = ${derived.mediaFile.conversation_start_time}
      and (source_record_id = ${origin.sourcePrefix} or starts_with(source_record_id, ${`${origin.sourcePrefix}:`}))
      and not turn_id = any(${derived.turns.map((turn) => turn.turn_id)}::uuid[])
      and not is_deleted`.execute(tx)
  await saveContents(tx, derived.contents)
}

/** Replaces the steps of the flow of these conversations; those of `held` ones that are no longer derived become tombstones. */
export async function replaceMenuSteps(
  tx: Transaction<DB>,
  steps: {
    readonly turns: readonly TurnRow[]
    readonly held: readonly { readonly conversation_id: string; readonly conversation_start_time: Date | string }[]
    readonly fetchId: number
  },
): Promise<void> {
  await upsertFacts(tx, turnFacts, steps.turns, steps.fetchId)
  if (steps.held.length === 0) return
  await sql`
    update journey.turn set is_deleted = true, fetch_id = ${steps.fetchId}, updated_at = now()
    where conversation_id = any(${steps.held.map((one) => one.conversation_id)}::uuid[])
      and conversation_start_time = any(${steps.held.map((one) => one.conversation_start_time)}::timestamptz[])
      and turn_type = 'Menu Step' and not is_deleted
      and turn_id <> all(${steps.turns.map((turn) => turn.turn_id)}::uuid[])`.execute(tx)
}

/** Writes what was said in turns; what is stored already is not touched. */
export async function saveContents(tx: Transaction<DB>, contents: readonly TurnContent[]): Promise<void> {
  const rows = sortedByKey(contents, (content) => content.turnId).map((content) => ({
    turn_id: content.turnId,
    conversation_start_time: content.conversationStartTime,
    body_text: content.bodyText,
    subject: content.subject,
    headers: content.headers,
    source: content.source,
  }))
  for (const json of inStatements(rows)) {
    await sql`
      insert into pii.turn_content as t (turn_id, conversation_start_time, body_text, subject, headers, source)
      select turn_id, conversation_start_time, body_text, subject, headers, source
      from json_populate_recordset(null::pii.turn_content, ${json}::json)
      on conflict (turn_id, conversation_start_time) do update
      set body_text = excluded.body_text, subject = excluded.subject, headers = excluded.headers, source = excluded.source, updated_at = now()
      where (t.body_text, t.subject, t.headers, t.source)
        is distinct from (excluded.body_text, excluded.subject, excluded.headers, excluded.source)`.execute(tx)
  }
}

/** The live turns of these conversations that came with captures; steps of the flow are derived with their task. */
export async function readTurns(
  tx: Transaction<DB>,
  conversationIds: readonly string[],
): Promise<Selectable<JourneyTurn>[]> {
  if (conversationIds.length === 0) return []
  return tx
    .selectFrom('journey.turn')
    .selectAll()
    .where('conversation_id', 'in', [...conversationIds])
    .where('is_deleted', '=', false)
    .where('turn_type', '<>', 'Menu Step')
    .orderBy('turn_id')
    .execute()
}

/** Moves turns to other engagements; a turn that stays is not touched. */
export async function moveTurns(
  tx: Transaction<DB>,
  moves: readonly {
    readonly turnId: string
    readonly conversationStartTime: Date
    readonly engagementId: string | null
    readonly agentId: string | null
  }[],
): Promise<void> {
  for (const json of inStatements(sortedByKey(moves, (move) => move.turnId))) {
    await sql`
      update journey.turn t set engagement_id = x."engagementId", agent_id = x."agentId", updated_at = now()
      from json_to_recordset(${json}::json) as x("turnId" uuid, "conversationStartTime" timestamptz, "engagementId" uuid, "agentId" uuid)
      where t.turn_id = x."turnId" and t.conversation_start_time = x."conversationStartTime"
        and (t.engagement_id, t.agent_id) is distinct from (x."engagementId", x."agentId")`.execute(tx)
  }
}
