import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSpool } from './spool.ts'

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-spool-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('files wait, in order, until there is room', async () => {
  const spool = await openSpool({ folder: await aFolder(), maxBytes: 100 })
  const served: string[] = []
  const [first, large, small] = [spool.open(), spool.open(), spool.open()]
  await first.reserve(60)
  const waits = [large.reserve(90).then(() => served.push('large')), small.reserve(10).then(() => served.push('small'))]
  expect(spool.usedBytes()).toBe(60)
  await first.release()
  await waits[0]
  await waits[1]
  expect(served).toEqual(['large', 'small'])
  expect(spool.usedBytes()).toBe(100)
})

test('a file longer than the limit is alone', async () => {
  const spool = await openSpool({ folder: await aFolder(), maxBytes: 100 })
  const [huge, next] = [spool.open(), spool.open()]
  await huge.reserve(500)
  const waiting = next.reserve(1)
  expect(spool.usedBytes()).toBe(500)
  await huge.release()
  await huge.release()
  await waiting
  expect(spool.usedBytes()).toBe(1)
})

test('what a dead process left behind is removed, a living one’s stays', async () => {
  const folder = await aFolder()
  for (const [name, pid] of [
    ['spool-dead', '999999999 another'],
    // A container's earlier run had the same number as this process.
    ['spool-earlier', `${process.pid} another`],
    ['spool-living', `${process.ppid} another`],
  ] as const) {
    await mkdir(path.join(folder, name))
    await writeFile(path.join(folder, name, 'owner'), pid)
  }
  const spool = await openSpool({ folder, maxBytes: 1 })
  expect((await readdir(folder)).filter((name) => !/-[0-9a-f]{8}-/.test(name))).toEqual(['spool-living'])
  await spool.close()
  expect(await readdir(folder)).toEqual(['spool-living'])
})
