/** What happens next. Events of one millisecond happen in the order in which they were planned. */
export interface EventQueue {
  /** Plans `happen` for `atMs`; the past is refused, since it is already written. */
  plan(atMs: number, happen: (nowMs: number) => void): void
  /** Lets everything planned up to and including `untilMs` happen. */
  runUntil(untilMs: number): void
}

interface Planned {
  readonly atMs: number
  readonly order: number
  readonly happen: (nowMs: number) => void
}

const isEarlier = (a: Planned, b: Planned) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)

export function createEventQueue(): EventQueue {
  const heap: Planned[] = []
  let nowMs = Number.NEGATIVE_INFINITY
  let order = 0

  function sinkRoot() {
    for (let at = 0; ;) {
      let first = at
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && isEarlier(heap[child]!, heap[first]!)) first = child
      }
      if (first === at) return
      const moved = heap[at]!
      heap[at] = heap[first]!
      heap[first] = moved
      at = first
    }
  }

  function take(): Planned {
    const root = heap[0]!
    const last = heap.pop()!
    if (heap.length > 0) {
      heap[0] = last
      sinkRoot()
    }
    return root
  }

  return {
    plan(atMs, happen) {
      if (atMs < nowMs) throw new RangeError(`life does not run backwards: ${atMs} is before ${nowMs}`)
      const planned = { atMs, order: order++, happen }
      let at = heap.push(planned) - 1
      while (at > 0) {
        const parent = (at - 1) >>> 1
        if (!isEarlier(planned, heap[parent]!)) break
        heap[at] = heap[parent]!
        at = parent
      }
      heap[at] = planned
    },
    runUntil(untilMs) {
      while (heap.length > 0 && heap[0]!.atMs <= untilMs) {
        const { atMs, happen } = take()
        nowMs = atMs
        happen(atMs)
      }
      nowMs = Math.max(nowMs, untilMs)
    },
  }
}
