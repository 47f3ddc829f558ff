import { expectCaptures } from '@wxcc/db/capture'
import { readCustomers, seeContacts } from '@wxcc/db/journey/contacts'
import { replaceConversations, replaceEngagements } from '@wxcc/db/journey/conversations'
import { type SeenDimensions, seeDimensions } from '@wxcc/db/journey/dimensions'
import { replaceReviews } from '@wxcc/db/journey/reviews'
import { adoptTasks, saveRelations } from '@wxcc/db/journey/task-parents'
import { buryTask, resolveTasks } from '@wxcc/db/journey/task-letter'
import { replaceMenuSteps } from '@wxcc/db/journey/turns'
import { readLegTerms } from '@wxcc/db/journey/task-legs'
import type { DB } from '@wxcc/db/schema'
import type { TaskSource } from '@wxcc/db/task-source'
import type { Transaction } from 'kysely'
import type { TaskCopy } from '../pages/task-assembler.ts'
import type { MapperDeps, MapperJob } from '../mapper-job.ts'
import { conversationId } from '../rules/ids.ts'
import { reattachTurns } from '../transcripts/reattach-turns.ts'
import {
  type DerivedTask,
  type DeriveTerms,
  deriveTask,
  MalformedRecord,
  toConversationRow,
  toEngagementRow,
} from './derive-task.ts'
import { readConfigured } from './configured.ts'
import { isOfErased, noteErasedTasks, withoutErased } from './erased-tasks.ts'
import { reviewRows } from './review-rows.ts'
import { readOfferEvidence } from './offer-evidence.ts'
import { expectedCaptures } from './expected-captures.ts'
import { unknownMembers } from './known-members.ts'
import { menuStepRows } from './menu-steps.ts'
import { SeenMembers } from './seen-members.ts'

export interface Landed {
  readonly tasks: readonly DerivedTask[]
  /** Tasks that could not be mapped; each is a dead letter now. */
  readonly buried: readonly string[]
  /** Spent in the rules, milliseconds. */
  readonly segmentMs: number
  /** Tasks of somebody erased since their page was read. */
  readonly redacted: number
  /** Members that only the rows named; to be remembered once this is committed. */
  readonly newMembers: SeenDimensions
}

/**
 * Derives these copies and replaces what is stored of their tasks. The caller holds the fence, the source's lock and the tasks' locks, and has
 * decided that the copies are the newest. A copy that cannot be mapped is buried and stops none of the others.
 */
export async function landTasks(
  tx: Transaction<DB>,
  deps: MapperDeps,
  job: MapperJob,
  landing: {
    readonly copies: readonly TaskCopy[]
    readonly held: ReadonlyMap<string, TaskSource>
  },
): Promise<Landed> {
  const { source, ids, claim, nowMs } = job
  const evidence = await readOfferEvidence(tx, source.dataSourceId, ids, landing.copies)
  const configured = await readConfigured(tx, job)
  const legs = await readLegs(tx, job, landing.copies)
  const terms: DeriveTerms = {
    source,
    ids,
    evidence,
    configured,
    legs,
    contactKey: deps.contactKey,
    variablesAllowed: deps.variablesAllowed,
  }
  const read: DerivedTask[] = []
  const buried: string[] = []
  const derive = (copy: TaskCopy) =>
    deriveTask(copy, landing.held.get(copy.taskId)?.createdMs ?? copy.csr.createdTime, terms)
  const begunMs = performance.now()
  for (const copy of landing.copies) {
    try {
      read.push(derive(copy))
    } catch (cause) {
      buried.push(copy.taskId)
      const code = cause instanceof MalformedRecord ? 'record_malformed' : 'mapping_failed'
      if (code === 'record_malformed') deps.report({ event: code, record: copy.taskId })
      else deps.report({ event: 'task_not_mapped', taskId: copy.taskId, cause })
      await buryTask(tx, { source, claim, taskId: copy.taskId, nowMs, code })
    }
  }
  const segmentMs = performance.now() - begunMs
  const tasks = await withoutErased(tx, read, terms, derive)
  await noteErasedTasks(tx, source.dataSourceId, tasks)

  // What the rows point at, in case a rule found it where `SeenMembers.task` does not look.
  const members = new SeenMembers(ids)
  for (const task of tasks) members.rows(task.conversation, task.engagements)
  const newMembers = unknownMembers(deps.db, members.all)
  await seeDimensions(tx, source.dataSourceId, newMembers)
  const contacts = tasks.flatMap((task) => task.contact ?? [])
  const customers = await readCustomers(
    tx,
    contacts.map((contact) => contact.contactId),
  )
  const derived = tasks.map((task) => {
    const { contact } = task
    const customerId = contact === null ? null : (customers.get(contact.contactId) ?? contact.customerId)
    return {
      conversation: toConversationRow(task, customerId, terms),
      engagements: task.engagements.map((row) => toEngagementRow(row, task, customerId, terms)),
      detail: task.detail,
    }
  })
  const isHeld = (taskId: string) => landing.held.has(taskId)
  const changed = await replaceEngagements(tx, derived, claim.fetchId, isHeld)
  await replaceMenuSteps(tx, {
    turns: tasks.flatMap((task, at) => menuStepRows(task, derived[at]!, terms)),
    held: derived.map((one) => one.conversation).filter((conversation) => isHeld(conversation.source_task_id)),
    fetchId: claim.fetchId,
  })
  if (source.emitsReviews) {
    const conversationIds = tasks.map((task) => task.conversation.conversation_id)
    const reviews = tasks.flatMap((task) => reviewRows(task, terms))
    await replaceReviews(tx, { conversationIds, reviews, fetchId: claim.fetchId })
  }
  await reattachTurns(tx, derived, changed)
  await expectCaptures(
    tx,
    source.dataSourceId,
    tasks
      .filter((task) => !isOfErased(task))
      .flatMap((task) => expectedCaptures(task.copy.csr, task.conversation, source.recordingPolicy)),
    nowMs,
  )
  const findings = new Map(tasks.flatMap((task) => findingOf(task) ?? []))
  for (const [taskId, code] of findings) {
    deps.report({ event: code, record: taskId })
    await buryTask(tx, { source, claim, taskId, nowMs, code })
  }
  await resolveTasks(
    tx,
    source,
    tasks.map((task) => task.copy.taskId).filter((taskId) => !findings.has(taskId)),
    nowMs,
  )
  // From here on whoever meets the same mail thread, and then the same caller, waits: so it comes last.
  const relations = tasks.map((task) => task.relations)
  const parents = await saveRelations(tx, source.dataSourceId, relations)
  const idOf = (taskId: string) => conversationId(source.key, taskId)
  const conversations = derived.map(({ conversation }) => {
    const parent = parents.get(conversation.source_task_id)
    return { ...conversation, parent_conversation_id: parent === undefined ? null : idOf(parent) }
  })
  await replaceConversations(tx, conversations, claim.fetchId)
  await adoptTasks(tx, source.dataSourceId, relations, idOf)
  await seeContacts(tx, contacts)
  for (const task of tasks) for (const name of task.unknownEvents) deps.report({ event: 'unknown_event', name })
  const redacted = tasks.filter((task, index) => task !== read[index]).length
  return { tasks, buried, segmentMs, redacted, newMembers }
}

/** One read a batch, and none where the source has no legs. */
async function readLegs(
  tx: Transaction<DB>,
  { source }: MapperJob,
  copies: readonly TaskCopy[],
): Promise<DeriveTerms['legs']> {
  if (source.taskLegs === 'off') return new Map()
  return readLegTerms(
    tx,
    source.dataSourceId,
    copies.map((copy) => copy.taskId),
  )
}

/** What a person should know of a task although it has landed. */
function findingOf({
  copy,
  conversation,
}: DerivedTask): [taskId: string, code: 'record_malformed' | 'created_time_moved'][] | undefined {
  if (copy.malformedCars > 0) return [[copy.taskId, 'record_malformed']]
  // The conversation keeps its first start, and stays one row.
  return conversation.conversation_start_time_ms === copy.csr.createdTime
    ? undefined
    : [[copy.taskId, 'created_time_moved']]
}
