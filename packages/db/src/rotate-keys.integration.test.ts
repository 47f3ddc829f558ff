import { randomBytes } from 'node:crypto'
import { useDatabase } from '@wxcc/testing/database'
import { expect, test } from 'vitest'
import { connectDatabase } from './connect.ts'
import { openCredentials } from './credential.ts'
import { rotateKeys } from './rotate-keys.ts'
import { readSealingKey } from './seal.ts'

const database = useDatabase()

test('every credential is sealed with the first key, and what no key opens is left and told', async () => {
  const db = connectDatabase({ url: database.url(), applicationName: 'wxcc-rotate-test' })
  const [older, newer, lost] = Array.from({ length: 3 }, () => randomBytes(32).toString('base64'))
  const add = (text: string, clientId: string) =>
    openCredentials(db, readSealingKey(text)).add({
      clientId,
      clientSecret: `secret of ${clientId}`,
      refreshToken: `token of ${clientId}`,
      tokenUrl: 'http://127.0.0.1/token',
    })
  const [first, , third] = [await add(older!, 'one'), await add(newer!, 'two'), await add(lost!, 'three')]

  const both = readSealingKey(`${newer},${older}`)
  expect(await rotateKeys(db, both)).toEqual({ rotated: 1, current: 1, unknown: 1 })
  expect(await rotateKeys(db, both)).toEqual({ rotated: 0, current: 2, unknown: 1 })
  const alone = openCredentials(db, readSealingKey(newer!))
  const opened = await alone.read(first)
  expect([opened.clientSecret.reveal(), opened.refreshToken.reveal()]).toEqual(['secret of one', 'token of one'])
  await expect(alone.read(third)).rejects.toMatchObject({ code: 'credential_sealed' })
  await db.destroy()
})
