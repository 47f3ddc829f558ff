import { agentStatusId, dimensionId } from '@wxcc/contracts/dimension-id'
import { activityId, conversationId, turnId } from '@wxcc/contracts/journey-id'
import { readErasedTasks } from '@wxcc/db/erased'
import type { ImportedSource } from '@wxcc/db/imported-source'
import { storeConfiguredMembers } from '@wxcc/db/journey/configured-members'
import { readCustomers, type SeenContact, seeContacts } from '@wxcc/db/journey/contacts'
import { saveAgentStatuses, seeDimensions } from '@wxcc/db/journey/dimensions'
import { activityFacts, conversationFacts, engagementFacts, turnFacts } from '@wxcc/db/journey/fact-tables'
import { upsertFacts } from '@wxcc/db/journey/facts'
import {
  buryFacts,
  configureStatuses,
  followConversations,
  markMemberDeleted,
  readAvailabilities,
  readImportedConversations,
} from '@wxcc/db/journey/import'
import { lockSource } from '@wxcc/db/journey/source-lock'
import { saveContents } from '@wxcc/db/journey/turns'
import type { DB } from '@wxcc/db/schema'
import type { Transaction } from 'kysely'
import { withoutErased } from './erased-lines.ts'
import {
  activityRow,
  contactOf,
  conversationRow,
  engagementRow,
  importedEngagementId,
  type KnownConversation,
  turnContent,
  turnRow,
} from './fact-rows.ts'
import type { Line, LineOf, Refusal, Tombstone } from './line.ts'
import { configuredMembers, memberId, mentionedMembers, statusRows } from './member-rows.ts'

export interface ImportTerms {
  readonly source: ImportedSource
  readonly contactKey: Uint8Array
  /** Epoch ms, by the database's clock. */
  readonly nowMs: number
}

/** A line that has its shape; `lineNo` counts from 1. */
export interface Numbered<T> {
  readonly lineNo: number
  /** Of the first line of this row in the batch, where there are several; the last one counts. */
  readonly firstLineNo?: number
  readonly value: T
}

export interface Batch {
  readonly lines: readonly Numbered<Line>[]
  readonly tombstones: readonly Numbered<Tombstone>[]
}

export interface RefusedLine extends Refusal {
  readonly lineNo: number
}

/** Writes a batch whole, apart from lines that belong to nothing, which it returns. Members come first, then conversations, then what is theirs. */
export async function writeBatch(tx: Transaction<DB>, batch: Batch, terms: ImportTerms): Promise<RefusedLine[]> {
  const { source } = terms
  const refused: RefusedLine[] = []
  const lines = batch.lines.map(({ value }) => value)
  await lockSource(tx, source.dataSourceId, 'shared')
  await seeDimensions(tx, source.dataSourceId, mentionedMembers(source.key, lines))
  await storeConfiguredMembers(tx, source.dataSourceId, configuredMembers(source.key, lines), {
    nowMs: terms.nowMs,
    isWhole: () => false,
  })
  const statuses = statusRows(source.key, lines)
  await saveAgentStatuses(tx, source.dataSourceId, statuses)
  await configureStatuses(tx, statuses)

  const { known, contacts } = await writeConversations(tx, batch, terms, refused)
  const attached = <L extends { readonly conversation_id: string }>(lines: readonly Numbered<L>[]) =>
    lines.flatMap(({ lineNo, value }) => {
      const conversation = known.get(conversationId(source.key, value.conversation_id))
      if (conversation !== undefined && conversation.sinceLine < lineNo) return [{ value, conversation }]
      refused.push({
        lineNo,
        code: 'unknown_conversation',
        reason: 'its conversation comes later in the file, or never',
      })
      return []
    })
  const engagements = attached(ofType(batch, 'engagement')).map(({ value, conversation }) =>
    engagementRow(value, source, conversation),
  )
  await upsertFacts(tx, engagementFacts, engagements, null)
  const turns = attached(ofType(batch, 'turn')).map(({ value, conversation }) => ({
    value,
    row: turnRow(value, source, conversation),
  }))
  await upsertFacts(
    tx,
    turnFacts,
    turns.map(({ row }) => row),
    null,
  )
  const erased = await readErasedTasks(tx, source.dataSourceId, [
    ...new Set(turns.map(({ value }) => value.conversation_id)),
  ])
  await saveContents(
    tx,
    turns.flatMap(({ value, row }) => (erased.has(value.conversation_id) ? [] : (turnContent(value, row) ?? []))),
  )
  await writeActivities(tx, batch, terms, refused)
  await writeTombstones(tx, batch, source)
  await seeContacts(tx, contacts)
  return refused
}

/** A conversation, and the line from which on others may belong to it; 0 for one that was stored before. */
interface HeldConversation extends KnownConversation {
  readonly sinceLine: number
}

function ofType<T extends Line['type']>(batch: Batch, type: T): Numbered<LineOf<T>>[] {
  return batch.lines.filter((line): line is Numbered<LineOf<T>> => line.value.type === type)
}

/** Gives every conversation that lines of this batch belong to, as it is stored now. */
async function writeConversations(
  tx: Transaction<DB>,
  batch: Batch,
  terms: ImportTerms,
  refused: RefusedLine[],
): Promise<{ readonly known: ReadonlyMap<string, HeldConversation>; readonly contacts: readonly SeenContact[] }> {
  const { source } = terms
  const named = batch.lines.flatMap(({ value }) =>
    value.type === 'conversation' ? [value.id] : 'conversation_id' in value ? [value.conversation_id] : [],
  )
  const ids = [...new Set(named)].map((id) => conversationId(source.key, id))
  const stored = new Map((await readImportedConversations(tx, ids)).map((row) => [row.conversationId, row]))
  const accepted = ofType(batch, 'conversation').filter(({ lineNo, value }) => {
    const held = stored.get(conversationId(source.key, value.id))
    if (held === undefined || held.startTime.getTime() === value.start_time.getTime()) return true
    refused.push({ lineNo, code: 'conversation_moved', reason: 'start_time: differs from the one that is stored' })
    return false
  })
  const wanted = await withoutErased(tx, accepted, terms)
  const contacts = new Map(wanted.map(({ value }) => [value.id, contactOf(value, terms)]))
  const seen = [...contacts.values()].filter((contact) => contact !== null)
  const merged = await readCustomers(
    tx,
    seen.map((contact) => contact.contactId),
  )
  const rows = wanted.map(({ value }) => {
    const contact = contacts.get(value.id)
    const { contactId, customerId } = contact ?? {}
    return conversationRow(
      value,
      source,
      contactId === undefined ? null : { contactId, customerId: merged.get(contactId) ?? customerId! },
    )
  })
  await followConversations(tx, await upsertFacts(tx, conversationFacts, rows, null))
  const known = new Map<string, HeldConversation>(
    [...stored].filter(([, row]) => !row.isDeleted).map(([id, row]) => [id, { ...row, sinceLine: 0 }]),
  )
  const since = new Map(wanted.map((one) => [conversationId(source.key, one.value.id), one.firstLineNo ?? one.lineNo]))
  for (const row of rows) {
    known.set(row.conversation_id, {
      sinceLine: known.get(row.conversation_id)?.sinceLine ?? since.get(row.conversation_id) ?? 0,
      conversationId: row.conversation_id,
      startTime: new Date(row.conversation_start_time),
      contactId: row.contact_id ?? null,
      customerId: row.customer_id ?? null,
      channelType: row.channel_type,
      direction: row.direction,
    })
  }
  return { known, contacts: seen }
}

async function writeActivities(
  tx: Transaction<DB>,
  batch: Batch,
  { source }: ImportTerms,
  refused: RefusedLine[],
): Promise<void> {
  const lines = ofType(batch, 'activity').filter(({ value }) => value.is_deleted !== true)
  const statusOf = (line: LineOf<'activity'>) => agentStatusId(source.key, line.status_id, '')
  const availabilities = await readAvailabilities(tx, [...new Set(lines.map(({ value }) => statusOf(value)))])
  const rows = lines.flatMap(({ lineNo, value }) => {
    const availability = availabilities.get(statusOf(value))
    if (availability !== undefined) return [activityRow(value, source, availability)]
    refused.push({ lineNo, code: 'unknown_status', reason: 'status_id: no agent_status of this id came before' })
    return []
  })
  await upsertFacts(tx, activityFacts, rows, null)
}

async function writeTombstones(tx: Transaction<DB>, batch: Batch, { key }: ImportedSource): Promise<void> {
  const gone = batch.tombstones.map(({ value }) => value)
  const of = (type: Tombstone['type']) => gone.filter((one) => one.type === type).map((one) => one.id)
  await buryFacts(tx, {
    conversations: of('conversation').map((id) => conversationId(key, id)),
    engagements: of('engagement').map((id) => importedEngagementId(key, id)),
    turns: of('turn').map((id) => turnId(key, id)),
    activities: ofType(batch, 'activity')
      .filter(({ value }) => value.is_deleted === true)
      .map(({ value }) => {
        const agent = memberId(key, 'agent', value.agent_id)
        const status = agentStatusId(key, value.status_id, '')
        return activityId(key, agent, status, value.interval_time.getTime())
      }),
  })
  for (const { type, id } of gone) {
    if (type === 'conversation' || type === 'engagement' || type === 'turn') continue
    const uuid = type === 'agent_status' ? agentStatusId(key, id, '') : dimensionId(key, type, id)
    await markMemberDeleted(tx, { kind: type, id: uuid })
  }
}
