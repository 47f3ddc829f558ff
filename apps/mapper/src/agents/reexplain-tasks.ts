import { FatalError } from '@wxcc/contracts/failures'
import { findUnansweredTasks } from '@wxcc/db/journey/evidence'
import { getPages } from '@wxcc/db/raw-page'
import type { DB } from '@wxcc/db/schema'
import { readTaskSources, type TaskSource } from '@wxcc/db/task-source'
import type { Transaction } from 'kysely'
import type { MapperDeps, MapperJob } from '../mapper-job.ts'
import { TaskAssembler, type TaskCopy } from '../pages/task-assembler.ts'
import type { PageReader } from '../pages/page-reader.ts'
import { landTasks } from '../tasks/land-tasks.ts'
import { NEAR_MS } from '../tasks/offer-evidence.ts'
import type { AgentStretch } from './agent-stretches.ts'

/** Tasks held in memory at a time. */
const CHUNK = 250

/** Beyond every offer there will be. */
const FAR_MS = Date.UTC(9999, 0, 1)

/**
 * Derives anew, from the raw pages, the tasks whose unanswered offers these stretches may explain. Runs under the source's exclusive lock, so no
 * task is being mapped meanwhile. Returns how many there were.
 */
export async function reexplainTasks(
  tx: Transaction<DB>,
  deps: MapperDeps,
  job: MapperJob,
  pages: PageReader,
  stretches: readonly AgentStretch[],
): Promise<number> {
  const { dataSourceId } = job.source
  const taskIds = await findUnansweredTasks(
    tx,
    dataSourceId,
    stretches.map(({ agentId, fromMs, toMs, wasOpen }) => ({
      agentId,
      fromMs: fromMs - NEAR_MS,
      toMs: toMs === null || wasOpen === true ? FAR_MS : toMs + NEAR_MS,
    })),
  )
  await rederiveTasks(tx, deps, job, pages, taskIds)
  return taskIds.length
}

/** Derives these tasks (the vendor's ids) anew from the raw pages. Runs under the source's exclusive lock. Those not loaded yet are left out. */
export async function rederiveTasks(
  tx: Transaction<DB>,
  deps: MapperDeps,
  job: MapperJob,
  pages: PageReader,
  taskIds: readonly string[],
): Promise<void> {
  const { dataSourceId } = job.source
  for (let at = 0; at < taskIds.length; at += CHUNK) {
    // No locks per task: whoever maps tasks of this source holds its shared lock, and waits.
    const held = await readTaskSources(tx, dataSourceId, taskIds.slice(at, at + CHUNK))
    const copies = await readHeldCopies(tx, pages, [...held.values()])
    await landTasks(tx, deps, job, { copies, held })
  }
}

/** The tasks as they were last mapped. Throws `FatalError('raw_page_missing')` if a page is gone. */
async function readHeldCopies(
  tx: Transaction<DB>,
  pages: PageReader,
  held: readonly TaskSource[],
): Promise<TaskCopy[]> {
  const listed = await getPages(tx, [...new Set(held.flatMap(pageIdsOf))])
  const byId = new Map(listed.map((page) => [page.rawPageId, page]))
  const copies: TaskCopy[] = []
  // Page by page: parsing one costs more than all that is made of a task.
  const byPage = held.toSorted((a, b) => a.csrPageId - b.csrPageId || (a.carPageIds[0] ?? 0) - (b.carPageIds[0] ?? 0))
  for (const task of byPage) {
    // Deriving from some of its pages would delete what the others say.
    const own = pageIdsOf(task).map((id) => byId.get(id) ?? missing(id))
    const assembler = new TaskAssembler({ only: new Set([task.taskId]) })
    for (const page of own) assembler.add(await pages.read(page))
    copies.push(...assembler.takeRest().copies)
  }
  return copies
}

function pageIdsOf(task: TaskSource): number[] {
  return [...new Set([task.csrPageId, ...task.carPageIds])]
}

function missing(rawPageId: number): never {
  throw new FatalError('raw_page_missing', { detail: `raw page ${rawPageId}` })
}
