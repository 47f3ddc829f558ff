import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeContract } from './contract.testing.ts'
import { openFolderStore } from './folder-store.ts'

let root = ''
beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'wxcc-folder-'))
})
afterAll(() => rm(root, { recursive: true }))

storeContract('a folder', async () => openFolderStore(root))

test('bytes that do not match their hash are refused, and no temporary file stays', async () => {
  const store = openFolderStore(root)
  const wrong = createHash('sha256').update('other').digest()
  const put = store.put('hash/wrong', Buffer.from('bytes'), { contentType: 'text/plain', sha256: wrong })
  await expect(put).rejects.toMatchObject({ code: 'storage_mismatch' })
  expect(await readdir(path.join(root, 'hash'))).toEqual([])
})

test('a spooled file on the same disk is kept without a copy, and outlives its first name', async () => {
  const store = openFolderStore(root)
  const file = path.join(root, '.spooled')
  await writeFile(file, 'audio')
  const sha256 = createHash('sha256').update('audio').digest()
  await store.put('linked/a', { file, byteSize: 5 }, { contentType: 'audio/wav', sha256 })
  expect((await stat(path.join(root, 'linked/a'))).ino).toBe((await stat(file)).ino)
  await rm(file)
  expect((await store.get('linked/a'))?.toString()).toBe('audio')
})

test('a folder that cannot be written is storage_unavailable, without its path', async () => {
  const store = openFolderStore('/dev/null/nowhere')
  const sha256 = createHash('sha256').update('x').digest()
  const failed = await store
    .put('a/b', Buffer.from('x'), { contentType: 'text/plain', sha256 })
    .catch((error: unknown) => error)
  expect(failed).toMatchObject({ code: 'storage_unavailable' })
  expect(String(failed)).not.toContain('nowhere')
})
