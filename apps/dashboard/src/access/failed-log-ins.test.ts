import { expect, it } from 'vitest'
import { createFailedLogIns, networkOf } from './failed-log-ins.ts'

it('lets an address try ten times a minute, and forgets when the minute is over', () => {
  let nowMs = 0
  const failed = createFailedLogIns(() => nowMs, 10)
  for (let i = 0; i < 9; i++) failed.note('a')
  expect(failed.waitMs('a')).toBe(0)
  failed.note('a')
  expect(failed.waitMs('a')).toBe(60_000)
  expect(failed.waitMs('b')).toBe(0)
  nowMs = 59_999
  expect(failed.waitMs('a')).toBe(1)
  nowMs = 60_000
  expect(failed.waitMs('a')).toBe(0)
  failed.note('a')
  expect(failed.waitMs('a')).toBe(0)
})

it('forgets the failures of an address that logs in', () => {
  const failed = createFailedLogIns(() => 0, 10)
  for (let i = 0; i < 9; i++) failed.note('a')
  failed.forget('a')
  failed.note('a')
  expect(failed.waitMs('a')).toBe(0)
})

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
])('counts %s as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
