import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { lines, QUARTER, session, START, task, writeDataset } from '../testing/tiny-dataset.ts'
import type { DatasetFiles } from '../testing/tiny-dataset.ts'
import { openDataset } from './dataset-world.ts'
import { sessionsOf, tasksOf } from '../testing/read-world.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const remove of cleanups.splice(0)) await remove()
})

async function open(files: DatasetFiles) {
  const { folder, remove } = await writeDataset(files)
  cleanups.push(remove)
  return openDataset(folder)
}

const recordingAt = (filePath: string) => JSON.stringify({ taskId: 'a', recording: [{ attributes: { filePath } }] })
const good = task({ id: 'a', createdTime: START })

describe('openDataset', () => {
  it('serves what is there, from the moment it was created', async () => {
    const { world, afterLastMs } = await open({
      'tasks.jsonl': lines([task({ id: 'b', createdTime: START + QUARTER }), good]),
      'agent-sessions.jsonl': `\n${lines([session('s', START + 5)])}\n`,
    })
    expect(tasksOf(world, START).map(({ id }) => id)).toEqual(['a'])
    expect(tasksOf(world, START + QUARTER).map(({ id }) => id)).toEqual(['a', 'b'])
    expect(sessionsOf(world, START + 4)).toEqual([])
    expect(world.history).toEqual({ fromMs: START, toMs: START + 2 * QUARTER })
    expect(afterLastMs).toBe(START + 5 + 3_600_000 + 1)
  })

  it('is empty without files', async () => {
    const { world } = await open({})
    expect([tasksOf(world, START), world.captures('a', START)]).toEqual([[], undefined])
  })

  it('reads missing parts as a record without them', async () => {
    const { world } = await open({ 'tasks.jsonl': JSON.stringify({ id: 'x', createdTime: START, activities: null }) })
    expect(tasksOf(world, START)).toMatchObject([{ endedTime: -1, isActive: true, activities: { nodes: [] } }])
  })

  it.each([
    ['broken JSON', { 'tasks.jsonl': `${lines([good])}\n{"id":` }, /^tasks\.jsonl:2: not JSON$/],
    ['a missing time', { 'tasks.jsonl': '{"id":"a"}' }, /^tasks\.jsonl:1: createdTime: /],
    [
      'activities that are no list',
      { 'tasks.jsonl': `{"id":"a","createdTime":${START},"activities":{"nodes":7}}` },
      /^tasks\.jsonl:1: activities\.nodes: /,
    ],
    [
      'a session without id',
      { 'agent-sessions.jsonl': `\n{"startTime":${START}}` },
      /^agent-sessions\.jsonl:2: agentSessionId: /,
    ],
    ['the same task twice', { 'tasks.jsonl': lines([good, good]) }, /^tasks\.jsonl:2: a second record/],
    ['a leg without task', { 'task-legs.jsonl': `{"id":"l","createdTime":${START}}` }, /^task-legs\.jsonl:1: taskId: /],
    [
      'a capture that is not there',
      { 'captures.jsonl': recordingAt('gone.wav') },
      /^captures\.jsonl:1: filePath names a file/,
    ],
    [
      'a capture outside the folder',
      { 'captures.jsonl': recordingAt('../../etc/hostname') },
      /^captures\.jsonl:1: filePath leaves/,
    ],
    ['an absolute capture', { 'captures.jsonl': recordingAt('/etc/hostname') }, /^captures\.jsonl:1: filePath leaves/],
    ['configuration without ids', { 'configuration.json': '{"team":[{}]}' }, /^configuration\.json: /],
  ])('refuses %s, naming the place', async (_name, files, message) => {
    await expect(open(files as DatasetFiles)).rejects.toThrow(message)
  })

  it('refuses a link that leads out of the folder', async () => {
    const { folder, remove } = await writeDataset({ 'captures.jsonl': recordingAt('in.wav') })
    cleanups.push(remove)
    await symlink('/etc/hostname', join(folder, 'in.wav'))
    await expect(openDataset(folder)).rejects.toThrow('captures.jsonl:1: filePath leaves the folder')
  })
})
