import { describe, expect, it } from 'vitest'
import type { CarRecord } from '../records.ts'
import { car, TASK_ID } from '../life.testing.ts'
import { orderSteps } from './order-steps.ts'
import { splitChildContacts } from './child-contacts.ts'

const CHILD_ID = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee'

function childCar(eventName: string, from: number, to: number): CarRecord {
  return { ...car(eventName, from, to), id: `${CHILD_ID}-${from}-${eventName}` }
}

function split(cars: readonly CarRecord[], taskId = TASK_ID) {
  const { root, children } = splitChildContacts(taskId, orderSteps(cars, false))
  return {
    root: root.map((step) => step.car.eventName),
    children: children.map((child) => child.steps.map((step) => step.car.eventName)),
  }
}

describe('splitChildContacts (model §2.3-3)', () => {
  it('by the ids, whatever ends first', () => {
    const cars = [
      car('new', 0, 5),
      car('connected', 5, 30),
      childCar('new', 10, 12),
      childCar('connected', 12, 40),
      car('ended', 30, 30),
      childCar('ended', 40, 40),
    ]
    expect(split(cars)).toEqual({ root: ['new', 'connected', 'ended'], children: [['new', 'connected', 'ended']] })
  })

  it('by a childContactId that is no UUID', () => {
    const cars = [
      car('consulting', 5, 30, { childContactId: 'lab-7' }),
      { ...car('connected', 6, 20), id: 'lab-7-6-connected' },
    ]
    expect(split(cars)).toEqual({ root: ['consulting'], children: [['connected']] })
  })

  it('by a later `new` up to its `ended`, where ids say nothing', () => {
    const cars = [
      car('new', 0, 5),
      car('connected', 5, 10),
      car('on-hold', 10, 30),
      car('new', 11, 12),
      car('connected', 12, 25),
      car('ended', 25, 25),
      car('hold-done', 30, 40),
      car('ended', 40, 40),
    ]
    expect(split(cars)).toEqual({
      root: ['new', 'connected', 'on-hold', 'hold-done', 'ended'],
      children: [['new', 'connected', 'ended']],
    })
  })

  it('gives a `connected` after the hand-over back to the customer', () => {
    const cars = [
      car('new', 0, 5),
      car('connected', 5, 10),
      car('new', 11, 12),
      car('connected', 12, 20),
      car('ConsultTransfer', 20, 21),
      car('Transferred', 21, 22),
      car('connected', 22, 40),
      car('ended', 40, 40),
    ]
    expect(split(cars).root).toEqual(['new', 'connected', 'ConsultTransfer', 'Transferred', 'connected', 'ended'])
  })

  it('takes all steps for its own when a copied task has another id than its steps', () => {
    expect(split([car('new', 0, 5), car('ended', 5, 5)], `${TASK_ID}-copy`)).toEqual({
      root: ['new', 'ended'],
      children: [],
    })
  })
})
