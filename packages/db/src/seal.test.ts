import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { keyIdsOf, readSealingKey, seal, unseal } from './seal.ts'

const key = readSealingKey(randomBytes(32).toString('base64'))

test('what was sealed is unsealed, and never looks the same twice', () => {
  const sealed = seal(key, 'a secret')
  expect(unseal(key, sealed)).toBe('a secret')
  expect(seal(key, 'a secret').equals(sealed)).toBe(false)
  expect(sealed.includes('a secret')).toBe(false)
})

test('another key, or changed bytes, are refused', () => {
  const sealed = seal(key, 'a secret')
  expect(() => unseal(readSealingKey(randomBytes(32).toString('base64')), sealed)).toThrow(/authenticate/)
  sealed[sealed.length - 1]! ^= 1
  expect(() => unseal(key, sealed)).toThrow(/authenticate/)
})

test('a key of another length is refused without being shown', () => {
  expect(() => readSealingKey('c2hvcnQ=')).toThrow(new RangeError('a sealing key is 32 bytes in base64'))
})

test('of several keys the first seals, and all unseal by name', () => {
  const [older, newer] = [randomBytes(32), randomBytes(32)].map((bytes) => bytes.toString('base64'))
  const before = readSealingKey(older!)
  const both = readSealingKey(`${newer}, ${older}`)
  expect(keyIdsOf(both)).toEqual([readSealingKey(newer!).keyId, before.keyId])
  expect(unseal(both, seal(before, 'a secret'), before.keyId)).toBe('a secret')
  expect(unseal(readSealingKey(newer!), seal(both, 'a secret'))).toBe('a secret')
  expect(() => unseal(before, seal(both, 'a secret'), both.keyId)).toThrow('another key')
})
