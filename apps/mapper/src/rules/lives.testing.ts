import * as fc from 'fast-check'
import { car, TASK_ID, START_MS } from './life.testing.ts'
import type { CarRecord } from './records.ts'

/** A stretch of a well-formed life: what the customer meets next, and for how long. */
type Waiting = { readonly parked: number } | { readonly missed: number }
interface Visit {
  readonly waits: readonly Waiting[]
  readonly ringing: number
  readonly talks: readonly { readonly talk: number; readonly hold: number | null; readonly consult: boolean }[]
  readonly leaving: 'agent' | 'queue' | 'number' | 'flow' | 'consult'
  readonly step: number
  readonly wrapUp: number | null
}

const ms = fc.integer({ min: 1, max: 40_000 })
const wait = fc.oneof(
  ms.map((parked) => ({ parked })),
  ms.map((missed) => ({ missed })),
)
const visit: fc.Arbitrary<Visit> = fc.record({
  waits: fc.array(wait, { maxLength: 4 }),
  ringing: ms,
  talks: fc.array(fc.record({ talk: ms, hold: fc.option(ms), consult: fc.boolean() }), { minLength: 1, maxLength: 3 }),
  leaving: fc.constantFrom('agent', 'queue', 'number', 'flow', 'consult'),
  step: ms,
  wrapUp: fc.option(ms),
})

export interface Life {
  readonly cars: readonly CarRecord[]
  readonly endMs: number
  /** What the records say of themselves; sums of ours must be these. */
  readonly told: { parked: number; ringing: number; hold: number; wrapUp: number; agents: number; queues: number }
}

/** Inbound calls whose every step follows the one before: menu, queues, agents, transfers of each kind; abandoned in the last queue or ended by the last. */
export const anyLife: fc.Arbitrary<Life> = fc
  .record({ menu: fc.option(ms), visits: fc.array(visit, { minLength: 1, maxLength: 4 }), isAbandoned: fc.boolean() })
  .map(({ menu, visits, isAbandoned }) => writeLife(menu, visits, isAbandoned))

function writeLife(menu: number | null, visits: readonly Visit[], isAbandoned: boolean): Life {
  const pen = new Pen()
  if (menu !== null) {
    pen.point('flow-activity', {}, 0)
    pen.step('new', menu)
  }
  let how: Visit['leaving'] | null = null
  for (const [index, each] of visits.entries()) {
    const isLast = index === visits.length - 1
    const agentId = `agent-${index}`
    const queueId = `queue-${index}`
    if (how !== 'agent' && how !== 'consult') {
      pen.wait(each, agentId, queueId, how === 'queue')
      if (isLast && isAbandoned) break
      pen.ring(each.ringing, agentId, queueId)
    }
    pen.talk(each, agentId, queueId)
    how = isLast ? null : each.leaving
    if (how !== null) pen.leave(each, how, agentId, `agent-${index + 1}`)
    if (how === 'number') break
    if (how === null && each.wrapUp !== null) pen.aside('WrapUp', pen.at, each.wrapUp, { agentId })
  }
  pen.point('ended', {})
  return { cars: pen.cars, endMs: START_MS + pen.at, told: pen.told }
}

class Pen {
  at = 0
  readonly cars: CarRecord[] = []
  readonly told = { parked: 0, ringing: 0, hold: 0, wrapUp: 0, agents: 0, queues: 0 }
  #count = 0

  step(event: string, length: number, fields: Partial<CarRecord> = {}): void {
    this.#write(event, this.at, length, fields)
    this.at += length
  }

  point(event: string, fields: Partial<CarRecord>, at = this.at): void {
    this.#write(event, at, 0, fields)
  }

  aside(event: string, at: number, length: number, fields: Partial<CarRecord>): void {
    this.#write(event, at, length, fields)
    if (event === 'WrapUp') this.told.wrapUp += length
  }

  wait({ waits }: Visit, agentId: string, queueId: string, isSent: boolean): void {
    // The rows of an abandoned wait must show its queue.
    const own: readonly Waiting[] = waits.length === 0 || isSent ? [{ parked: 7 }, ...waits] : waits
    this.told.queues += 1
    for (const each of own) {
      if ('parked' in each) {
        this.step('parked', each.parked, { queueId })
        this.told.parked += each.parked
      } else {
        this.step('connect', each.missed, { agentId: `missed-by-${agentId}`, queueId })
        this.step('parked', 3, { queueId })
        this.told.ringing += each.missed
        this.told.parked += 3
      }
    }
  }

  ring(length: number, agentId: string, queueId: string): void {
    this.step('connect', length, { agentId, queueId })
    this.told.ringing += length
  }

  talk({ talks }: Visit, agentId: string, queueId: string): void {
    this.told.agents += 1
    for (const [index, { talk, hold, consult }] of talks.entries()) {
      this.step(index === 0 ? 'connected' : 'hold-done', talk, { agentId, queueId })
      if (hold === null) break
      const asked = { agentId, destinationAgentId: 'asked' }
      if (consult) {
        this.aside('consult', this.at, 0, asked)
        this.aside('consulting', this.at, hold, asked)
        this.aside('consult-done', this.at + hold, 0, asked)
      }
      this.step('on-hold', hold, { agentId, queueId })
      this.told.hold += hold
    }
  }

  leave({ step, wrapUp }: Visit, how: Visit['leaving'], agentId: string, nextId: string): void {
    const target = how === 'agent' || how === 'consult' ? { destinationAgentId: nextId } : {}
    const fields = { agentId, ...target }
    if (how === 'queue') {
      if (wrapUp !== null) this.aside('WrapUp', this.at, wrapUp, { agentId })
      this.step('vt-transfer', 5, fields)
      return
    }
    this.step(how === 'consult' ? 'ConsultTransfer' : 'blind-transfer', 4, fields)
    if (wrapUp !== null) this.aside('WrapUp', this.at, wrapUp, { agentId })
    if (how === 'agent') this.told.ringing += step
    this.step('Transferred', how === 'agent' || how === 'number' ? step : 0, fields)
    if (how === 'flow') this.step('ivr-connected', step)
  }

  #write(event: string, at: number, length: number, fields: Partial<CarRecord>): void {
    this.#count += 1
    this.cars.push({ ...car(event, at, at + length, fields), id: `${TASK_ID}-${this.#count}-${event}` })
  }
}
