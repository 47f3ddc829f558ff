import { describe, expect, test } from 'vitest'
import { ConnectionError, connecting } from './connecting.ts'

const withCode = (code: string) => Object.assign(new Error('secret@host'), { code })

describe('connecting', () => {
  test.each([
    [withCode('ECONNREFUSED'), 'nothing listens at this address'],
    [withCode('ENOTFOUND'), 'this host is unknown'],
    [withCode('28P01'), 'the server refused this user or password'],
    [withCode('3D000'), 'this database does not exist'],
    [withCode('schema_behind'), 'the schema in this database is missing or older than this program; run: wxcc migrate'],
    [new Error('Connection terminated due to connection timeout'), 'the server did not answer in time'],
    [new AggregateError([withCode('ECONNREFUSED')]), 'nothing listens at this address'],
    [new Error('outer', { cause: withCode('ENOTFOUND') }), 'this host is unknown'],
    [Object.assign(new Error('WRONGPASS secret'), { name: 'ReplyError' }), 'the server refused this user or password'],
  ])('names the setting and the problem, not the value (%#)', async (error, problem) => {
    const failed = connecting('DATABASE_URL', () => Promise.reject(error))
    await expect(failed).rejects.toThrow(new ConnectionError('DATABASE_URL', problem, error))
  })

  test('an address that is none', async () => {
    await expect(connecting('REDIS_URL', () => new URL('not an address'))).rejects.toThrow(
      'REDIS_URL: this is not an address',
    )
  })

  test('lets what it does not know pass', async () => {
    const error = withCode('22P02')
    await expect(connecting('DATABASE_URL', () => Promise.reject(error))).rejects.toBe(error)
  })
})
