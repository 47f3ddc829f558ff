import { castOf, type Cast } from './cast-of-steps.ts'

/** One step as the vendor's sample gives it: a name and a duration in ms, -1 while open. */
export interface StepOfLife {
  readonly eventName: string
  readonly duration: number
}

export interface PlacedStep extends StepOfLife, Cast {
  /** Epoch ms. */
  readonly start: number
}

/** The steps that follow one another on the customer's own track. */
const ON_TRACK = new Set([
  'new',
  'ivr-connected',
  'treatment',
  'campaignoutbound',
  'parked',
  'connect',
  'con-to-agent-error',
  'connected',
  'on-hold',
  'hold-done',
  'conference-done',
  'blind-transfer',
  'consulttransfer',
  'transferred',
  'dequeued',
  'vt-transfer',
  'optoutofqueue',
  'callbackfailed',
  'ended',
])

/** Consulting and conferring run one after another beside the track. */
const CONSULTING = new Set([
  'consult',
  'consulting',
  'consult-done',
  'consult-error',
  'ctq',
  'ctq-accepted',
  'conference',
  'conferencing',
])

/** Steps an agent's wrap-up follows from. */
const LEAVING = new Set(['transferred', 'vt-transfer', 'ended'])

/** Places steps from `startMs` on; oldest first, the order of the input is kept. */
export function placeSteps(life: readonly StepOfLife[], startMs: number): PlacedStep[] {
  const cast = castOf(life.map((step) => step.eventName.toLowerCase()))
  const root = life.filter((_, index) => !cast[index]!.isChilds)
  const starts = new Map<number, number>()
  const pen = new Pen(startMs, flowTime(root))
  const childPens = new Map<number, Pen>()
  life.forEach((step, index) => {
    const { isChilds, child } = cast[index]!
    if (!isChilds || child === null) {
      starts.set(index, pen.place(step))
      return
    }
    const own = life.filter((_, other) => cast[other]!.isChilds && cast[other]!.child === child)
    const childPen = childPens.get(child) ?? new Pen(pen.startOfConsult(), flowTime(own))
    childPens.set(child, childPen)
    starts.set(index, childPen.place(step))
  })
  return life.map((step, index) => ({ ...step, ...cast[index]!, start: starts.get(index)! }))
}

/** Length of the customer's track, in ms. */
export function trackExtent(life: readonly StepOfLife[]): number {
  const cast = castOf(life.map((step) => step.eventName.toLowerCase()))
  return extentOf(
    life.filter((_, index) => !cast[index]!.isChilds),
    null,
  )
}

/** How much of `new` is the flow: all of it, or what is left when it spans the contact. */
function flowTime(own: readonly StepOfLife[]): number | null {
  const first = own.find((step) => step.eventName.toLowerCase() === 'new')
  if (first === undefined || first.duration < 0) return null
  const later = extentOf(own, 0)
  return later > 0 && first.duration >= later ? first.duration - later : null
}

function extentOf(own: readonly StepOfLife[], flowMs: number | null): number {
  const pen = new Pen(0, flowMs ?? flowTime(own))
  for (const step of own) pen.place(step)
  return pen.at
}

/** Writes one contact's steps along its track. */
class Pen {
  at: number
  readonly #flowMs: number | null
  /** Where the last step of the track began: a hold is the cause of the consult beside it. */
  #lastStart: number
  #lastEvent = ''
  /** Where the consult beside the track has got to, and where its present step began. */
  #consultAt: number
  #consultStart: number
  #lastConsulting = ''
  /** When agents left, for their wrap-ups. */
  readonly #leavings: number[] = []

  constructor(startMs: number, flowMs: number | null) {
    this.at = startMs
    this.#flowMs = flowMs
    this.#lastStart = startMs
    this.#consultAt = startMs
    this.#consultStart = startMs
  }

  startOfConsult(): number {
    return this.#consultStart
  }

  place(step: StepOfLife): number {
    const event = step.eventName.toLowerCase()
    const length = Math.max(0, step.duration)
    if (event === 'wrapup') return this.#leavings.shift() ?? this.at
    if (CONSULTING.has(event)) return this.#placeConsulting(event, length)
    if (!ON_TRACK.has(event)) return this.at
    // Talk after a conference begins when the conference is over, though the hold's talk may have ended before.
    const start = event === 'conference-done' ? Math.max(this.at, this.#consultAt) : this.at
    if (LEAVING.has(event)) this.#leavings.push(start)
    this.#lastStart = start
    this.#lastEvent = event
    this.at = start + (event === 'new' && this.#flowMs !== null ? this.#flowMs : length)
    return start
  }

  #placeConsulting(event: string, length: number): number {
    // `ctq-accepted` spans the consult, from the asking on.
    if (event === 'ctq-accepted') return this.#consultStart
    // A consult may outlast its hold: what follows it then begins in the talk after the hold.
    const isRunning = this.#lastEvent === 'hold-done' && event !== 'ctq' && event !== 'consult'
    const cause = this.#lastEvent === 'on-hold' ? this.#lastStart : this.at
    const start = isRunning ? this.#consultAt : Math.max(this.#consultAt, cause)
    const isDialOfRequest = event === 'consult' && this.#lastConsulting === 'ctq'
    if (!isDialOfRequest) this.#consultStart = start
    this.#lastConsulting = event
    this.#consultAt = start + length
    return start
  }
}
