import type { Json, SeenRecord } from '../world.ts'
import type { Kept } from './kept-answers.ts'
import type { Pace } from './pace.ts'
import { compareSortValues } from './sort-rows.ts'
import type { SortKey } from './sort-rows.ts'

/** A row that matches; `sortValues` where the query sorts by other fields than its beginning. */
export interface Match {
  readonly row: SeenRecord
  readonly sortValues: readonly Json[]
}

interface MatchListOptions {
  /** Looks at one row a step: the match, or nothing. */
  readonly matches: Iterator<Match | undefined>
  /** No more than these are ever answered. */
  readonly maxRecords: number
  /** `found`: in the order they are found. Else all are found first and then put in order. */
  readonly order: 'found' | 'id' | readonly SortKey[]
}

/** Rows made for conditions are kept until their page is answered, for making a record is what costs. */
const RECENT = 600

/** Ids a raw query matches, found no further than pages were asked for. Two requests may go on with it at once. */
export class MatchList implements Kept {
  readonly ids: string[] = []
  readonly #options: MatchListOptions
  readonly #recent = new Map<string, SeenRecord>()
  #unsorted: { readonly id: string; readonly values: readonly Json[] }[] = []
  #isDone = false
  #failure: unknown

  constructor(options: MatchListOptions) {
    this.#options = options
  }

  get weight(): number {
    return this.ids.length + this.#unsorted.length
  }

  /** Goes on until so many are known or none is left. */
  async reach(count: number, pace: Pace): Promise<void> {
    const { order, maxRecords } = this.#options
    const enough = order === 'found' ? Math.min(count, maxRecords) : Number.POSITIVE_INFINITY
    while (!this.#isDone && this.ids.length < enough) {
      this.#step()
      if (pace.isDue()) await pace.rest()
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  /** The row as it was found; undefined when that is long ago. */
  recent(id: string): SeenRecord | undefined {
    return this.#recent.get(id)
  }

  /** The page is answered: its rows, and the records made for them, need not be held any longer. */
  forgetRows(): void {
    this.#recent.clear()
  }

  #step(): void {
    try {
      const { done, value } = this.#options.matches.next()
      if (done) this.#finish()
      else if (value !== undefined) this.#add(value)
    } catch (error) {
      this.#failure = error
      this.#isDone = true
    }
  }

  #add({ row, sortValues }: Match): void {
    const { order, maxRecords } = this.#options
    if (typeof order === 'object') {
      this.#unsorted.push({ id: row.id, values: sortValues })
      if (this.#unsorted.length > 2 * maxRecords) this.#sort(order)
      return
    }
    this.ids.push(row.id)
    if (order === 'id') return
    this.#recent.set(row.id, row)
    const [oldest] = this.#recent.keys()
    if (this.#recent.size > RECENT && oldest !== undefined) this.#recent.delete(oldest)
  }

  #finish(): void {
    const { order } = this.#options
    this.#isDone = true
    if (order === 'id') this.ids.sort()
    if (typeof order !== 'object') return
    this.#sort(order)
    for (const { id } of this.#unsorted) this.ids.push(id)
    this.#unsorted = []
  }

  #sort(keys: readonly SortKey[]): void {
    this.#unsorted.sort((a, b) => compareSortValues(keys, a.values, b.values))
    this.#unsorted = this.#unsorted.slice(0, this.#options.maxRecords)
  }
}
