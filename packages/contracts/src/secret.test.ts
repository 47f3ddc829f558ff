import { format, inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Secret } from './secret.ts'

const CANARY = 'canary7Q'
const secret = new Secret(CANARY)

test.each([
  ['a template', () => `Bearer ${String(secret)}`],
  ['addition', () => 'Bearer '.concat(secret as unknown as string)],
  ['JSON', () => JSON.stringify({ token: secret, list: [secret] })],
  ['inspect', () => inspect({ token: secret }, { depth: null, showHidden: true })],
  ['console.log', () => format('%s %o %O %j', secret, secret, secret, secret)],
])('%s shows that there is a secret, not which', (_, show) => {
  expect(show()).toContain('[secret]')
  expect(show()).not.toContain(CANARY)
})

test('no copy holds it', () => {
  expect(inspect([structuredClone(secret), Object.assign({}, secret), Object.entries(secret)])).not.toContain(CANARY)
})

test('an error made of it does not tell it', () => {
  expect(inspect(new Error(`refused: ${String(secret)}`, { cause: { secret } }))).not.toContain(CANARY)
})

test('it is compared and revealed by whoever asks', () => {
  expect(secret.reveal()).toBe(CANARY)
  expect(secret.equals(CANARY)).toBe(true)
  expect(secret.equals(new Secret('another'))).toBe(false)
  expect(secret.equals(null)).toBe(false)
})
