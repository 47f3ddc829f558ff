import { expectCaptures } from '@wxcc/db/capture'
import { readCustomers, seeContacts } from '@wxcc/db/journey/contacts'
import { replaceConversations } from '@wxcc/db/journey/conversations'
import { seeDimensions } from '@wxcc/db/journey/dimensions'
import { buryTask, resolveTasks } from '@wxcc/db/journey/task-letter'
import type { DB } from '@wxcc/db/schema'
import type { TaskSource } from '@wxcc/db/task-source'
import type { Transaction } from 'kysely'
import type { TaskCopy } from '../pages/task-assembler.ts'
import type { MapperDeps, MapperJob } from '../mapper-job.ts'
import { reattachTurns } from '../transcripts/reattach-turns.ts'
import {
  type DerivedTask,
  type DeriveTerms,
  deriveTask,
  MalformedRecord,
  toConversationRow,
  toEngagementRow,
} from './derive-task.ts'
import { readOfferEvidence } from './offer-evidence.ts'
import { expectedCaptures } from './expected-captures.ts'
import { unknownMembers } from './known-members.ts'
import { SeenMembers } from './seen-members.ts'

export interface Landed {
  readonly tasks: readonly DerivedTask[]
  /** Tasks that could not be mapped; each is a dead letter now. */
  readonly buried: readonly string[]
  /** Spent in the rules, milliseconds. */
  readonly segmentMs: number
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
  const terms: DeriveTerms = {
    source,
    ids,
    evidence,
    contactKey: deps.contactKey,
    variablesAllowed: deps.variablesAllowed,
  }
  const tasks: DerivedTask[] = []
  const buried: string[] = []
  const begunMs = performance.now()
  for (const copy of landing.copies) {
    try {
      const startMs = landing.held.get(copy.taskId)?.createdMs ?? copy.csr.createdTime
      tasks.push(deriveTask(copy, startMs, terms))
    } catch (cause) {
      buried.push(copy.taskId)
      const code = cause instanceof MalformedRecord ? 'record_malformed' : 'mapping_failed'
      if (code === 'record_malformed') deps.report({ event: code, record: copy.taskId })
      else deps.report({ event: 'task_not_mapped', taskId: copy.taskId, cause })
      await buryTask(tx, { source, claim, taskId: copy.taskId, nowMs, code })
    }
  }
  const segmentMs = performance.now() - begunMs

  // What the rows point at, in case a rule found it where `SeenMembers.task` does not look.
  const members = new SeenMembers(ids)
  for (const task of tasks) members.rows(task.conversation, task.engagements)
  await seeDimensions(tx, source.dataSourceId, unknownMembers(deps.db, members.all))
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
  const changed = await replaceConversations(tx, derived, claim.fetchId, (taskId) => landing.held.has(taskId))
  await reattachTurns(tx, derived, changed)
  await expectCaptures(
    tx,
    source.dataSourceId,
    tasks.flatMap((task) => expectedCaptures(task.copy.csr, task.conversation)),
    nowMs,
  )
  const isMaimed = (task: DerivedTask) => task.copy.malformedCars > 0
  for (const { copy } of tasks.filter(isMaimed)) {
    deps.report({ event: 'record_malformed', record: copy.taskId })
    await buryTask(tx, { source, claim, taskId: copy.taskId, nowMs, code: 'record_malformed' })
  }
  await resolveTasks(
    tx,
    source,
    tasks.filter((task) => !isMaimed(task)).map((task) => task.copy.taskId),
    nowMs,
  )
  await seeContacts(tx, contacts)
  for (const task of tasks) for (const name of task.unknownEvents) deps.report({ event: 'unknown_event', name })
  return { tasks, buried, segmentMs }
}
