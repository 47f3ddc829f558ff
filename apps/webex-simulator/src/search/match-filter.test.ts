import { describe, expect, it } from 'vitest'
import type { RecordOf } from '../world.ts'
import { ROOTS } from './field-table.ts'
import { compileFilter, countElements } from './match-filter.ts'
import { narrow } from './narrow.ts'

const call: RecordOf = {
  id: 'a',
  channelType: 'telephony',
  origin: '+15550100200',
  totalDuration: 30,
  isActive: false,
  owner: { id: 'agent', name: 'Ada' },
  callbackData: null,
  requiredSkills: [{ name: 'Spanish', intVal: 7 }],
  activities: { nodes: [{ eventName: 'new' }, { eventName: 'parked', queueId: 'q' }] },
}

describe('compileFilter', () => {
  it.each<[boolean, RecordOf]>([
    [true, {}],
    [true, { id: { equals: 'a' }, isActive: { equals: false } }],
    [false, { id: { equals: 'a' }, isActive: { equals: true } }],
    [true, { id: { notequals: 'b' } }],
    [true, { origin: { contains: '5501' } }],
    [true, { origin: { match: '+1555.+' } }],
    [false, { origin: { match: '555' } }],
    [true, { totalDuration: { gt: 29, lte: 30 } }],
    [true, { totalDuration: { gte: 30 } }],
    [false, { totalDuration: { gte: 31 } }],
    [false, { totalDuration: { gt: 30 } }],
    [true, { totalDuration: { lt: 31 } }],
    [false, { totalDuration: { lte: 29 } }],
    [false, { totalDuration: { lt: 30 } }],
    [true, { owner: { id: { notequals: null } } }],
    [true, { callbackData: { callbackNumber: { equals: null } } }],
    [true, { owner: { notequals: { id: null } } }],
    [true, { owner: { equals: { id: 'agent', name: 'Ada' } } }],
    [true, { callbackData: { equals: null } }],
    [false, { callbackData: { notequals: null } }],
    [false, { channelMetaData: { notequals: { email: { subject: null } } } }],
    [true, { requiredSkills: { notequals: null } }],
    [false, { matchedSkills: { notequals: null } }],
    [true, { origin: { contains: '555.*200' } }],
    [false, { origin: { contains: '155.0' } }],
    [false, { totalDuration: { gt: null } }],
    [false, { owner: { equals: { id: 'agent', name: 'Bob' } } }],
    [true, { requiredSkills: { name: { equals: 'Spanish' }, intVal: { gte: 5 } } }],
    [false, { requiredSkills: { name: { equals: 'Spanish' }, intVal: { gt: 7 } } }],
    [true, { or: [{ id: { equals: 'x' } }, { id: { equals: 'a' } }] }],
    [true, { or: [{ id: { equals: 'x' } }, { totalDuration: { equals: 30 } }] }],
    [false, { and: [{ not: { id: { equals: 'a' } } }, { isActive: { equals: false } }] }],
    [true, { not: { and: [{ id: { equals: 'a' } }, { isActive: { equals: true } }] } }],
  ])('%s: %j', (expected, filter) => {
    expect(compileFilter(ROOTS.taskDetails, filter).test([call])).toBe(expected)
  })

  it('asks all conditions of one activity', () => {
    const nodes = (condition: RecordOf) => compileFilter(ROOTS.taskDetails, { activities: { nodes: condition } })
    const left = narrow(ROOTS.taskDetails, call, nodes({ eventName: { equals: 'parked' }, queueId: { equals: 'q' } }))
    expect(left?.['activities']).toEqual({ nodes: [{ eventName: 'parked', queueId: 'q' }] })
    const none = nodes({ eventName: { equals: 'new' }, queueId: { equals: 'q' } })
    expect(narrow(ROOTS.taskDetails, call, none)).toBeUndefined()
  })

  it('refuses a broken pattern', () => {
    expect(() => compileFilter(ROOTS.taskDetails, { id: { match: '(' } })).toThrow('regular expression')
  })
})

it('counts comparisons', () => {
  const filter = {
    and: [{ id: { equals: 'a' } }, { not: { owner: { id: { notequals: null } } } }],
    totalDuration: { gt: 1, lt: 2 },
  }
  expect([countElements(filter), countElements({})]).toEqual([4, 0])
})
