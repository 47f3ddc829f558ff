import type { SeenLabel } from '@wxcc/db/journey/member-labels'
import { knownText } from '../rules/records.ts'

interface Draft {
  readonly label: string
  fromDay: number
  untilDay: number
}

/** Names are short; what is longer than this is an accident, and would not fit into an index. */
const MAX_LENGTH = 500

/** Every name that records give one member, with the days on which they do. Nearly always it is one and the same. */
export class SeenLabels {
  readonly #labels: Draft[] = []

  see(value: unknown, day: number): void {
    const label = knownText(value)?.slice(0, MAX_LENGTH)
    if (label === undefined) return
    for (const held of this.#labels) {
      if (held.label !== label) continue
      if (day < held.fromDay) held.fromDay = day
      if (day > held.untilDay) held.untilDay = day
      return
    }
    this.#labels.push({ label, fromDay: day, untilDay: day })
  }

  get all(): readonly SeenLabel[] {
    return this.#labels
  }
}
