import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ObjectStore } from './object-store.ts'

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** What every object store of ours must do; run against each implementation. */
export function storeContract(name: string, open: () => Promise<ObjectStore>): void {
  describe(`${name} as an object store`, () => {
    const aKey = () => `contract/${randomUUID()}/page-p0001.json.gz`
    const facts = (bytes: Uint8Array) => ({ contentType: 'application/gzip', sha256: sha256(bytes) })

    test('gives back the bytes it was given', async () => {
      const store = await open()
      const bytes = Buffer.from([0, 1, 2, 255, 10, 13])
      const key = aKey()
      await store.put(key, bytes, facts(bytes))
      expect(await store.get(key)).toEqual(bytes)
      expect(await store.stat(key)).toEqual({ byteSize: 6 })
    })

    test('reads an object piece by piece; an unknown one is none', async () => {
      const store = await open()
      const bytes = Buffer.alloc(300_000, 'piece')
      const key = aKey()
      await store.put(key, bytes, facts(bytes))
      expect(await buffer((await store.open(key))!)).toEqual(bytes)
      expect(await store.open(aKey())).toBeUndefined()
    })

    test('takes an empty object', async () => {
      const store = await open()
      const key = aKey()
      await store.put(key, Buffer.alloc(0), facts(Buffer.alloc(0)))
      expect(await store.get(key)).toHaveLength(0)
    })

    test('stores a file of known size', async () => {
      const store = await open()
      const bytes = Buffer.alloc(300_000, 'audio')
      const file = await aFile(bytes)
      const key = aKey()
      await store.put(key, { file, byteSize: bytes.length }, { contentType: 'audio/wav', sha256: sha256(bytes) })
      expect(sha256((await store.get(key))!)).toEqual(sha256(bytes))
    })

    test('refuses a file of another size than declared, and stores nothing', async () => {
      const store = await open()
      const file = await aFile(Buffer.from('half'))
      const key = aKey()
      const put = store.put(key, { file, byteSize: 8 }, facts(Buffer.from('half')))
      await expect(put).rejects.toMatchObject({ code: 'storage_mismatch' })
      expect(await store.stat(key)).toBeUndefined()
    })

    test('replaces an object of the same key', async () => {
      const store = await open()
      const key = aKey()
      for (const text of ['first and longer', 'second']) {
        await store.put(key, Buffer.from(text), facts(Buffer.from(text)))
      }
      expect((await store.get(key))?.toString()).toBe('second')
    })

    test('has nothing under an unknown key, and removing it is harmless', async () => {
      const store = await open()
      const key = aKey()
      expect(await store.get(key)).toBeUndefined()
      expect(await store.stat(key)).toBeUndefined()
      await store.remove(key)
    })

    test('lists keys by prefix, in order, without removed ones', async () => {
      const store = await open()
      const folder = `contract/${randomUUID()}`
      for (const name of ['b/2', 'a/1', 'b/1'])
        await store.put(`${folder}/${name}`, Buffer.from(name), facts(Buffer.from(name)))
      await store.remove(`${folder}/b/2`)
      expect(await keysOf(store, `${folder}/`)).toEqual([`${folder}/a/1`, `${folder}/b/1`])
      expect(await keysOf(store, `${folder}/b`)).toEqual([`${folder}/b/1`])
    })

    test.each(['../escaped', 'a/../../escaped', '/absolute', 'a//b', 'a/.hidden', '', 'a b'])(
      'refuses the key %j',
      async (key) => {
        const store = await open()
        await expect(store.put(key, Buffer.from('x'), facts(Buffer.from('x')))).rejects.toBeInstanceOf(RangeError)
      },
    )
  })
}

async function keysOf(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const key of store.list(prefix)) keys.push(key)
  return keys
}

async function aFile(bytes: Uint8Array): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-store-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = path.join(folder, 'spooled')
  await writeFile(file, bytes)
  return file
}
