import { describe, expect, it } from 'vitest'
import { car } from '../life.testing.ts'
import { eventRank, knownEvent } from './events.ts'
import { orderSteps } from './order-steps.ts'

const names = (cars: Parameters<typeof orderSteps>[0], isActive = false) =>
  orderSteps(cars, isActive).map((step) => step.car.eventName)

describe('orderSteps (ruling 4)', () => {
  it.each([
    ['by time', [car('connected', 9, 20), car('connect', 5, 9)], ['connect', 'connected']],
    [
      'of one millisecond, what ends earlier',
      [car('Transferred', 5, 30), car('WrapUp', 5, 9)],
      ['WrapUp', 'Transferred'],
    ],
    [
      'of equal length, what leaves before what it leads to',
      [car('WrapUp', 5, 5), car('connected', 5, 5), car('ended', 5, 5), car('Transferred', 5, 5)],
      ['Transferred', 'connected', 'ended', 'WrapUp'],
    ],
    ['unknown events last', [car('levitated', 5, 5), car('ended', 5, 5)], ['ended', 'levitated']],
    [
      'an end never known is no late end in a finished task',
      [car('optOutOfQueue', 5, 90), car('parked', 5, null)],
      ['parked', 'optOutOfQueue'],
    ],
  ])('%s', (_name, cars, expected) => {
    expect(names(cars)).toEqual(expected)
    expect(names(cars.toReversed())).toEqual(expected)
  })

  it('puts what still runs last while the task is open', () => {
    expect(names([car('parked', 5, null), car('new', 5, 9)], true)).toEqual(['new', 'parked'])
  })

  it('keeps one of two copies of a row: the one that has ended', () => {
    const running = car('connected', 5, null)
    const closed = car('connected', 5, 25)
    for (const copies of [
      [running, closed],
      [closed, running],
    ]) {
      expect(orderSteps(copies, false)).toMatchObject([{ duration: 20 }])
    }
  })

  it('knows events in any capitals', () => {
    expect(knownEvent('WRAPUP')).toBe('wrapup')
    expect(knownEvent('levitated')).toBeNull()
    expect(eventRank(null)).toBeGreaterThan(eventRank('recording-available'))
  })
})
