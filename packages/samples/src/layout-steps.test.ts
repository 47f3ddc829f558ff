import { describe, expect, it } from 'vitest'
import { childTaskId, layoutSteps } from './layout-steps.ts'
import { readLife } from './read-life.ts'

function places(text: string, startMs = 0) {
  return layoutSteps(readLife(text), { taskId: 't', startMs }).cars.map((car) => [
    car.eventName,
    car.createdTime,
    car.endedTime,
  ])
}

describe('layoutSteps (model §2.5)', () => {
  it('steps on the track follow one another; a short `new` is all flow', () => {
    expect(places('new 5 · connect 10 · connected 20 · ended', 100)).toEqual([
      ['new', 100, 105],
      ['connect', 105, 115],
      ['connected', 115, 135],
      ['ended', 135, 135],
    ])
  })

  it('a `new` that spans the contact leaves the residue to the flow', () => {
    expect(places('new 35 · connect 10 · connected 20 · ended')).toEqual([
      ['new', 0, 35],
      ['connect', 5, 15],
      ['connected', 15, 35],
      ['ended', 35, 35],
    ])
  })

  it('a wrap-up starts where its agent left, whatever comes between', () => {
    expect(places('new 1 · connected 9 · Transferred 5 · connected 20 · WrapUp 40 · ended · WrapUp 3')).toEqual([
      ['new', 0, 1],
      ['connected', 1, 10],
      ['Transferred', 10, 15],
      ['connected', 15, 35],
      ['WrapUp', 10, 50],
      ['ended', 35, 35],
      ['WrapUp', 35, 38],
    ])
  })

  it('a consult runs beside its hold', () => {
    expect(
      places('new 1 · connected 9 · consult 2 · on-hold 30 · consulting 20 · consult-done 4 · hold-done 6 · ended'),
    ).toEqual([
      ['new', 0, 1],
      ['connected', 1, 10],
      ['consult', 10, 12],
      ['on-hold', 10, 40],
      ['consulting', 12, 32],
      ['consult-done', 32, 36],
      ['hold-done', 40, 46],
      ['ended', 46, 46],
    ])
  })

  it('a child contact begins with its consult, under an id of its own, spanning by the same rule', () => {
    const { cars, endMs } = layoutSteps(
      readLife('new 1 · connected 9 · on-hold 50 · consulting 40 · new 35 · connect 10 · connected 20 · ended · ended'),
      { taskId: 't', startMs: 0 },
    )
    const child = cars.filter((car) => car.id.startsWith(childTaskId('t', 0)))
    expect(child.map((car) => [car.eventName, car.createdTime])).toEqual([
      ['new', 10],
      ['connect', 15],
      ['connected', 25],
      ['ended', 45],
    ])
    expect(child.map((car) => car.childContactId)).toEqual(Array(4).fill(childTaskId('t', 0)))
    expect(endMs).toBe(60)
  })

  it('a step of -1 stays open and takes no time', () => {
    expect(places('parked -1 · ended')).toEqual([
      ['parked', 0, -1],
      ['ended', 0, 0],
    ])
  })

  it('gives every row an id of its own, and agents and queues the names asked for', () => {
    const { cars } = layoutSteps(
      readLife(
        'new 1 · ivr-done · ivr-done · connect 2 · connected 3 · vt-transfer 1 · connect 2 · connected 4 · ended',
      ),
      {
        taskId: 't',
        startMs: 0,
        agentId: (index) => `agent-${index}`,
        queueId: (index) => `queue-${index}`,
      },
    )
    expect(new Set(cars.map((car) => car.id)).size).toBe(cars.length)
    expect(cars[3]).toMatchObject({ id: 't-1-connect', agentId: 'agent-0', queueId: 'queue-0' })
    expect(cars.find((car) => car.eventName === 'vt-transfer')).toMatchObject({ destinationQueueId: 'queue-1' })
    expect(cars[7]).toMatchObject({ agentId: 'agent-1', queueId: 'queue-1' })
  })
})
