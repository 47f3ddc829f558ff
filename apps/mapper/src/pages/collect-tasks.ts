import { type CarRecord, type CsrRecord, knownMs } from '../rules/records.ts'
import type { ReadPage } from './page-reader.ts'
import { activitiesOf, recordsOf, textMember } from './vendor-answer.ts'

/** One fetch's copy of a task: its newest CSR and all its CARs, with the pages they lie on. */
export interface TaskCopy {
  readonly taskId: string
  readonly csr: CsrRecord
  readonly csrPageId: number
  /** May hold a CAR twice, when paging met it twice. */
  readonly cars: readonly CarRecord[]
  readonly carPageIds: readonly number[]
  /** `activities.totalCount`; null when no page had the task's CARs. */
  readonly totalCount: number | null
  /** Distinct CARs. */
  readonly heldCount: number
}

interface Draft {
  csr: CsrRecord | null
  csrPageId: number
  readonly cars: CarRecord[]
  readonly carIds: Set<string>
  readonly carPageIds: Set<number>
  totalCount: number | null
}

/**
 * Puts CSR pages and CAR pages of one fetch together by task id, in id order. A task without a CSR is left out: it was created while the pages
 * were read, and the window's count will ask for it again.
 */
export function collectTasks(pages: readonly ReadPage[], only?: ReadonlySet<string>): TaskCopy[] {
  const drafts = new Map<string, Draft>()
  for (const page of pages) {
    for (const record of recordsOf(page, 'taskDetails', 'tasks')) {
      const id = textMember(record, 'id')
      if (id === null || (only && !only.has(id))) continue
      const draft = drafts.get(id) ?? newDraft()
      drafts.set(id, draft)
      if (page.recordKind === 'csr') addCsr(draft, record as CsrRecord, page.rawPageId)
      else addCars(draft, record, page.rawPageId)
    }
  }
  return [...drafts.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([taskId, draft]) => finish(taskId, draft))
}

function newDraft(): Draft {
  return { csr: null, csrPageId: 0, cars: [], carIds: new Set(), carPageIds: new Set(), totalCount: null }
}

/** A record that moved between pages while they were read comes twice; the later touched one counts. */
function addCsr(draft: Draft, csr: CsrRecord, pageId: number): void {
  if (draft.csr !== null && lastActivityOf(csr) < lastActivityOf(draft.csr)) return
  draft.csr = csr
  draft.csrPageId = pageId
}

function addCars(draft: Draft, record: object, pageId: number): void {
  const { nodes, totalCount } = activitiesOf<CarRecord>(record)
  draft.carPageIds.add(pageId)
  draft.cars.push(...nodes)
  for (const car of nodes) draft.carIds.add(car.id)
  if (totalCount !== null) draft.totalCount = Math.max(draft.totalCount ?? 0, totalCount)
}

function finish(taskId: string, draft: Draft): TaskCopy[] {
  if (draft.csr === null) return []
  const { csr, csrPageId, cars, totalCount } = draft
  const carPageIds = [...draft.carPageIds].toSorted((a, b) => a - b)
  return [{ taskId, csr, csrPageId, cars, carPageIds, totalCount, heldCount: draft.carIds.size }]
}

/** When the vendor last touched the task; where it does not say, the latest time the record knows. */
export function lastActivityOf(csr: CsrRecord): number {
  return knownMs(csr.lastActivityTime) ?? Math.max(csr.createdTime, knownMs(csr.endedTime) ?? 0)
}
