import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { breachesOf } from './breaches.testing.ts'
import { car, csrOf, inputOf, TASK_ID } from './life.testing.ts'
import type { CarRecord } from './records.ts'
import { segmentTask } from './segment-task.ts'

const EVENTS =
  'new flow-activity ivr-connected treatment parked dequeued connect connected on-hold hold-done consult consulting ' +
  'consult-done ctq ctq-accepted Conference conferencing conference-done ConsultTransfer blind-transfer vt-transfer ' +
  'Transferred con-to-agent-error optOutOfQueue callbackFailed campaignOutbound WrapUp ended paused levitated'
const someone = fc.constantFrom('A', 'B', 'C', null)

/** Any rows at all, sensible or not; ids are distinct, as the vendor's are. */
const anyCars = fc
  .array(
    fc.record({
      event: fc.constantFrom(...EVENTS.split(' ')),
      from: fc.integer({ min: 0, max: 60 }),
      length: fc.integer({ min: -3, max: 30 }),
      agentId: someone,
      destinationAgentId: someone,
      queueId: fc.constantFrom('q1', 'q2', null),
    }),
    { maxLength: 16 },
  )
  .map((steps) =>
    steps.map(({ event, from, length, ...fields }, index): CarRecord => {
      const laid = car(event, from, length < 0 ? null : from + length, fields)
      return { ...laid, id: `${TASK_ID}-${from}-${event}-${index}` }
    }),
  )

const anyTask = fc.record({
  cars: anyCars,
  csr: fc.record({
    isActive: fc.boolean(),
    isOutdial: fc.boolean(),
    botName: fc.constantFrom('Ada', null),
    terminatingEnd: fc.constantFrom('Customer', 'System'),
  }),
})

describe('segmentTask, for any records', () => {
  it('never throws, and gives rows that the table would take', () => {
    fc.assert(
      fc.property(anyTask, ({ cars, csr }) => {
        expect(breachesOf(segmentTask(inputOf({ cars, csr: csrOf(csr) })))).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('does not depend on the order of delivery, nor on copies', () => {
    fc.assert(
      fc.property(anyTask, ({ cars, csr }) => {
        const once = segmentTask(inputOf({ cars, csr: csrOf(csr) }))
        const again = segmentTask(inputOf({ cars: [...cars.toReversed(), ...cars], csr: csrOf(csr) }))
        expect(again).toEqual(once)
      }),
      { numRuns: 200 },
    )
  })
})
