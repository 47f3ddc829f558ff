import { describe, expect, test } from 'vitest'
import { createLogger } from './log.ts'

function record() {
  const lines: string[] = []
  return { log: createLogger('test', { write: (line) => lines.push(line) }), lines }
}

describe('createLogger', () => {
  test('writes JSON lines with level, time and app', () => {
    const { log, lines } = record()
    log.info({ event: 'x', fetchId: 7 }, 'said')
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'info', app: 'test', event: 'x', fetchId: 7, message: 'said' })
    expect(JSON.parse(lines[0]!)).toHaveProperty('time', expect.stringMatching(/^\d{4}-.*Z$/))
  })

  test('hides what must not be logged, down to the third level', () => {
    const { log, lines } = record()
    log.info({
      accessToken: 'jane',
      claim: { payload: 'jane', deeper: { url: 'jane' } },
      headers: { authorization: 'jane' },
    })
    expect(lines[0]).not.toContain('jane')
    expect(lines[0]!.match(/\[redacted\]/g)).toHaveLength(4)
  })

  test('of a foreign error only class, code and place are kept', () => {
    const { log, lines } = record()
    const cause = Object.assign(new Error('Key (email)=(jane@example.org) already exists'), {
      code: '23505',
      detail: 'jane',
    })
    log.error({ err: new SyntaxError('Unexpected token in "jane"', { cause }) })
    expect(lines[0]).not.toContain('jane')
    expect(JSON.parse(lines[0]!)).toMatchObject({
      err: { type: 'SyntaxError', cause: { type: 'Error', code: '23505' } },
    })
    expect((JSON.parse(lines[0]!) as { err: { at: string[] } }).err.at[0]).toContain('log.test.ts')
  })

  test('of our own errors the sentence is kept', () => {
    const { log, lines } = record()
    const error = Object.assign(new Error('The vendor did not answer in time.'), {
      name: 'RetryableError',
      code: 'vendor_timeout',
    })
    log.error({ err: error })
    expect(JSON.parse(lines[0]!)).toMatchObject({
      err: { code: 'vendor_timeout', message: 'The vendor did not answer in time.' },
    })
  })
})
