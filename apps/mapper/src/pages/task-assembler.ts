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
  /** CARs without id, name or time, which are left out. */
  readonly malformedCars: number
}

/** A record that cannot even be named; where it lies is all there is to say. */
export interface NamelessRecord {
  readonly rawPageId: number
  /** Place on its page, from 0. */
  readonly place: number
}

interface Draft {
  csr: CsrRecord | null
  csrPageId: number
  readonly cars: CarRecord[]
  readonly carIds: Set<string>
  readonly carPageIds: Set<number>
  totalCount: number | null
  malformedCars: number
}

/**
 * Puts CSRs and CARs together by task id, page by page in any order, and gives tasks away as soon as they are whole. It holds `maxDrafts` unfinished
 * tasks at most: beyond that the oldest are forgotten but for the pages they lie on, to be read once more at the end.
 */
export class TaskAssembler {
  readonly #drafts = new Map<string, Draft>()
  readonly #forgotten = new Map<string, Set<number>>()
  readonly #nameless: NamelessRecord[] = []
  readonly #maxDrafts: number
  readonly #only: ReadonlySet<string> | undefined
  #whole = new Set<string>()
  /** Records met so far on CSR pages and on CAR pages. */
  readonly met = { csr: 0, car: 0 }

  constructor(options: { readonly maxDrafts?: number; readonly only?: ReadonlySet<string> } = {}) {
    this.#maxDrafts = options.maxDrafts ?? Number.POSITIVE_INFINITY
    this.#only = options.only
  }

  get nameless(): readonly NamelessRecord[] {
    return this.#nameless
  }

  /** Throws `FatalError('mapping_failed')` if the page is no answer at all. */
  add(page: ReadPage): void {
    const isCsr = page.recordKind === 'csr'
    for (const [place, record] of recordsOf(page, 'taskDetails', 'tasks').entries()) {
      this.met[isCsr ? 'csr' : 'car'] += 1
      const id = textMember(record, 'id')
      if (id === null) {
        this.#nameless.push({ rawPageId: page.rawPageId, place })
        continue
      }
      if (this.#only !== undefined && !this.#only.has(id)) continue
      const forgotten = this.#forgotten.get(id)
      if (forgotten !== undefined) {
        forgotten.add(page.rawPageId)
        continue
      }
      const draft = this.#drafts.get(id) ?? newDraft()
      this.#drafts.set(id, draft)
      if (isCsr) addCsr(draft, record as CsrRecord, page.rawPageId)
      else addCars(draft, record, page.rawPageId)
      if (isWhole(draft)) this.#whole.add(id)
    }
    this.#forgetOldest()
  }

  /** Tasks of which every counted CAR is here, in id order; they are held no longer. */
  takeWhole(): TaskCopy[] {
    const ids = [...this.#whole]
    this.#whole.clear()
    return this.#take(ids)
  }

  /** How many tasks could be taken. */
  get wholeCount(): number {
    return this.#whole.size
  }

  /** What is left at the end: the tasks as far as they came (those without a CSR are none), and those to be read again with their pages. */
  takeRest(): { readonly copies: TaskCopy[]; readonly forgotten: ReadonlyMap<string, ReadonlySet<number>> } {
    return { copies: this.#take([...this.#drafts.keys()]), forgotten: this.#forgotten }
  }

  #take(ids: readonly string[]): TaskCopy[] {
    return ids.toSorted().flatMap((taskId) => {
      const draft = this.#drafts.get(taskId)!
      this.#drafts.delete(taskId)
      if (draft.csr === null) return []
      const { csr, csrPageId, cars, totalCount, malformedCars } = draft
      const carPageIds = [...draft.carPageIds].toSorted((a, b) => a - b)
      return [{ taskId, csr, csrPageId, cars, carPageIds, totalCount, heldCount: draft.carIds.size, malformedCars }]
    })
  }

  #forgetOldest(): void {
    if (this.#drafts.size - this.#whole.size <= this.#maxDrafts) return
    for (const [id, draft] of this.#drafts) {
      if (this.#drafts.size - this.#whole.size <= this.#maxDrafts / 2) break
      if (this.#whole.has(id)) continue
      this.#drafts.delete(id)
      const pages = new Set(draft.carPageIds)
      if (draft.csr !== null) pages.add(draft.csrPageId)
      this.#forgotten.set(id, pages)
    }
  }
}

function newDraft(): Draft {
  const [carIds, carPageIds] = [new Set<string>(), new Set<number>()]
  return { csr: null, csrPageId: 0, cars: [], carIds, carPageIds, totalCount: null, malformedCars: 0 }
}

function isWhole(draft: Draft): boolean {
  return draft.csr !== null && draft.totalCount !== null && draft.carIds.size >= draft.totalCount
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
  for (const car of nodes) {
    if (typeof car.id !== 'string' || typeof car.eventName !== 'string' || !Number.isFinite(car.createdTime)) {
      draft.malformedCars += 1
      continue
    }
    draft.cars.push(car)
    draft.carIds.add(car.id)
  }
  if (totalCount !== null) draft.totalCount = Math.max(draft.totalCount ?? 0, totalCount)
}

/** When the vendor last touched the task; where it does not say, the latest time the record knows. */
export function lastActivityOf(csr: CsrRecord): number {
  return knownMs(csr.lastActivityTime) ?? Math.max(csr.createdTime, knownMs(csr.endedTime) ?? 0)
}
