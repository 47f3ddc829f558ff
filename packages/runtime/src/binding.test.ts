import { expect, test } from 'vitest'
import { binding } from './binding.ts'
import { ConnectionError } from './connecting.ts'

const withCode = (code: string) => Object.assign(new Error('10.0.0.7:8080'), { code })

test.each([
  ['EADDRINUSE', 'METRICS_PORT: another program listens on this port'],
  ['EACCES', 'METRICS_PORT: this user may not listen on this port'],
  ['EADDRNOTAVAIL', 'METRICS_HOST: this machine has no such address'],
])('%s names the setting that is wrong', async (code, message) => {
  const failed = binding('METRICS', () => Promise.reject(withCode(code)))
  await expect(failed).rejects.toThrow(message)
  await expect(failed).rejects.toBeInstanceOf(ConnectionError)
})

test('lets what it does not know pass', async () => {
  const error = withCode('EMFILE')
  await expect(binding('HTTP', () => Promise.reject(error))).rejects.toBe(error)
})
