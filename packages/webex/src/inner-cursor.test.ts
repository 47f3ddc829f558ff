import { expect, test } from 'vitest'
import { nextInnerCursor } from './inner-cursor.ts'

test('rows of the last millisecond are asked for again', () => {
  expect(nextInnerCursor('1700000000000', null)).toBe('1700000000001')
})

test('a page that brought nothing new is left behind', () => {
  expect(nextInnerCursor('1700000000000', '1700000000001')).toBe('1700000000000')
})

test('an opaque cursor is passed on', () => {
  expect(nextInnerCursor('b3BhcXVl', null)).toBe('b3BhcXVl')
})
