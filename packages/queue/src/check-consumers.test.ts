import { QUEUES } from '@wxcc/contracts/queues'
import { describe, expect, test } from 'vitest'
import { checkConsumers } from './check-consumers.ts'

describe('checkConsumers', () => {
  test('each queue has exactly one consumer', () => {
    const names = QUEUES.map((contract) => contract.name)
    expect(new Set(names).size).toBe(names.length)
    for (const app of ['fetcher', 'mapper', 'recording-downloader'] as const) {
      const mine = QUEUES.filter((contract) => contract.worker === app)
      expect(mine).not.toHaveLength(0)
      expect(() =>
        checkConsumers(app, QUEUES, Object.fromEntries(mine.map(({ name }) => [name, () => {}]))),
      ).not.toThrow()
    }
  })

  test('names what is missing and what is foreign', () => {
    expect(() => checkConsumers('mapper', QUEUES, { 'map-span': () => {}, 'fetch-span': () => {} })).toThrow(
      'mapper has no processor for map-transcript and has processors for queues that are not its own: fetch-span',
    )
  })
})
