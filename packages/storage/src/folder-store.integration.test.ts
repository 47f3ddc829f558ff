import { spawnSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeContract } from './contract.testing.ts'
import { openFolderStore } from './folder-store.ts'
import { openPartFolders } from './part-folders.ts'

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
  expect(await readdir(path.join(root, 'hash'), { recursive: true })).toEqual(['.parts'])
})

test('what writers left that were killed is removed; what one that lives is writing stays', async () => {
  const folder = path.join(root, 'killed', '.parts')
  await mkdir(folder, { recursive: true })
  const killed = spawnSync(process.execPath, ['--version']).pid
  const [dead, restarted, alive, longAgo, elsewhere] = [
    partOf(os.hostname(), killed),
    partOf(os.hostname(), process.pid),
    partOf(os.hostname(), process.ppid),
    partOf('another-machine', 7),
    partOf('another-machine', 8),
  ]
  for (const name of [dead, restarted, alive, longAgo, elsewhere]) await writeFile(path.join(folder, name), 'half')
  const aWeekAgo = Date.now() / 1_000 - 7 * 86_400
  await utimes(path.join(folder, longAgo), aWeekAgo, aWeekAgo)
  const sha256 = createHash('sha256').update('x').digest()
  await openFolderStore(root).put('killed/a', Buffer.from('x'), { contentType: 'text/plain', sha256 })
  expect((await readdir(folder)).toSorted()).toEqual([alive, elsewhere].toSorted())
})

test('a second store of a process leaves alone what the first one is writing', async () => {
  const [one, other] = [openPartFolders(root), openPartFolders(root)]
  const part = await one.begin('both/a')
  await writeFile(part, 'half')
  other.end(await other.begin('both/b'))
  expect(await readFile(part, 'utf8')).toBe('half')
  one.end(part)
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

function partOf(host: string, pid: number): string {
  return `.part-${host}-${pid}-${randomUUID()}`
}
