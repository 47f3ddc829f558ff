import { expect, it } from 'vitest'
import { faultSchema } from './fault.ts'
import { createFaultList } from './fault-list.ts'

const status = (code: number) => faultSchema.parse({ fault: { kind: 'status', status: code } })

it('names each fault for as long as it stands', () => {
  const faults = createFaultList()
  const subject = { path: '/search', text: '' }
  faults.add([status(500), status(501)])
  expect(faults.list().map(({ id }) => id)).toEqual([1, 2])
  expect([faults.remove(1), faults.remove(1)]).toEqual([true, false])
  expect(faults.take(subject, ['status'])).toMatchObject({ status: 501 })
  faults.clear()
  faults.add([status(502)])
  expect(faults.list()).toMatchObject([{ id: 3, hits: 0, served: [] }])
})

it('may be looked at without being used up', () => {
  const faults = createFaultList()
  const subject = { path: '/search', text: '' }
  faults.add([faultSchema.parse({ skip: 1, times: 1, fault: { kind: 'clockSkew', skewMs: 5 } })])
  expect(faults.peek(subject, ['clockSkew'])).toBeUndefined()
  faults.take(subject, ['clockSkew'])
  expect([faults.peek(subject, ['clockSkew']), faults.peek(subject, ['clockSkew'])]).toMatchObject([{}, {}])
  expect(faults.take(subject, ['clockSkew'])).toBeDefined()
  expect(faults.peek(subject, ['clockSkew'])).toBeUndefined()
})
