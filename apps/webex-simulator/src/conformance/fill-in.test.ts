import { describe, expect, it } from 'vitest'
import { BLANK_FROM, BLANK_TO, fillIn } from './fill-in.ts'

describe('fillIn', () => {
  it.each([
    [
      'from: {from}, to: {to}\n pagination: {cursor:"0"}',
      `from: ${BLANK_FROM}, to: ${BLANK_TO}\n pagination: {cursor:"0"}`,
    ],
    ['from: " ___ "\n to: " __ "\n', `from: ${BLANK_FROM}\n to: ${BLANK_TO}\n`],
    ['task(from: F, to: T,', `task(from: ${BLANK_FROM}, to: ${BLANK_TO},`],
    ['from: <start of day> to: ${Date.now()}', `from: ${BLANK_FROM} to: ${BLANK_TO}`],
    [
      '{"from":"{{now() | epoch(inMillis=true) - 1800000}}","to":"{{now()}}"}',
      `{"from":${BLANK_FROM},"to":${BLANK_TO}}`,
    ],
    ['{"fromDate":"{{a}}","toDate":"{{b}}"}', `{"fromDate":${BLANK_FROM},"toDate":${BLANK_TO}}`],
    ['{ id: { equals: "{{Flow.Id}}" } }', '{ id: { equals: "filled" } }'],
    [
      'query($from: Long!, $to: Long!) { a(from: $from to: $to) }',
      'query($from: Long!, $to: Long!) { a(from: $from to: $to) }',
    ],
    ['filter: { startTime: { gte: 1 } } from: 1700000000000', 'filter: { startTime: { gte: 1 } } from: 1700000000000'],
  ])('%s', (text, filled) => {
    expect(fillIn(text)).toBe(filled)
  })
})
