import { knownMs, type CarRecord } from '../records.ts'
import { eventRank, knownEvent, type KnownEvent } from './events.ts'

/** A CAR, read: times known or null, event known or null. */
export interface Step {
  readonly car: CarRecord
  readonly event: KnownEvent | null
  readonly start: number
  /** Null while running, or never known. */
  readonly end: number | null
  /** Null while running; the clock decides, `duration` only fills in for a missing end. */
  readonly duration: number | null
}

/** De-duplicated on id and put in order (model §2.3-2, ruling 4). The order never depends on the order of delivery. */
export function orderSteps(cars: readonly CarRecord[], isTaskActive: boolean): Step[] {
  const newest = new Map<string, CarRecord>()
  for (const car of cars) {
    const held = newest.get(car.id)
    if (held === undefined || isNewer(car, held)) newest.set(car.id, car)
  }
  return [...newest.values()].map(readStep).sort((a, b) => compareSteps(a, b, isTaskActive))
}

function readStep(car: CarRecord): Step {
  const duration = knownMs(car.duration)
  const end = knownMs(car.endedTime) ?? (duration === null ? null : car.createdTime + duration)
  return {
    car,
    event: knownEvent(car.eventName),
    start: car.createdTime,
    end,
    duration: end === null ? null : end - car.createdTime,
  }
}

function isNewer(candidate: CarRecord, held: CarRecord): boolean {
  const [theirs, ours] = [stamp(candidate), stamp(held)]
  if (theirs !== ours) return theirs > ours
  return JSON.stringify(candidate) > JSON.stringify(held)
}

function stamp(car: CarRecord): number {
  const touched = typeof car['lastActivityTime'] === 'number' ? car['lastActivityTime'] : 0
  return Math.max(touched, knownMs(car.endedTime) ?? 0)
}

function compareSteps(a: Step, b: Step, isTaskActive: boolean): number {
  return (
    a.start - b.start ||
    compareEnds(endForOrder(a, isTaskActive), endForOrder(b, isTaskActive)) ||
    eventRank(a.event) - eventRank(b.event) ||
    (a.car.id < b.car.id ? -1 : a.car.id > b.car.id ? 1 : 0)
  )
}

/** In a finished task an end of -1 is unknown, not later than all others: G13 parks so in the millisecond of the opt-out. */
function endForOrder(step: Step, isTaskActive: boolean): number {
  return step.end ?? (isTaskActive ? Number.POSITIVE_INFINITY : step.start)
}

function compareEnds(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}
