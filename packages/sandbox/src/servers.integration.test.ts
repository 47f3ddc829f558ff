import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { promises as fs } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'

async function isListening(url: string): Promise<boolean> {
  const { port, hostname } = new URL(url)
  const socket = net.connect(Number(port), hostname)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** One inline command over the Redis protocol. */
async function askRedis(url: string, command: string): Promise<string> {
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(`${command}\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return answer.toString()
}

async function folderOf(test: string): Promise<string> {
  const folder = path.join(os.tmpdir(), `wxcc-sandbox-test-${process.pid}-${test}`)
  await fs.mkdir(folder, { recursive: true })
  return folder
}

test('Redis keeps its data over a restart, evicts nothing, and is gone after stop', async () => {
  const dataDir = await folderOf('redis')
  const first = await startRedis({ dataDir })
  expect(await askRedis(first.url, 'CONFIG GET maxmemory-policy')).toContain('noeviction')
  expect(await askRedis(first.url, 'SET kept yes')).toContain('OK')
  await first.stop()
  expect(await isListening(first.url)).toBe(false)
  const second = await startRedis({ dataDir })
  expect(await askRedis(second.url, 'GET kept')).toContain('yes')
  await second.stop()
  await fs.rm(dataDir, { recursive: true })
})

test('without a binary the Redis from npm takes over, and says so', async () => {
  const lines: string[] = []
  const redis = await startRedis({ searchPath: '/nowhere', onLine: (line) => lines.push(line) })
  expect(redis.kind).toBe('npm')
  expect(lines[0]).toContain('from npm')
  expect(await askRedis(redis.url, '*1\r\n$4\r\nPING')).toContain('PONG')
  await redis.stop()
  expect(await isListening(redis.url)).toBe(false)
})

test('a Postgres with a folder is kept, a server without one leaves nothing behind', async () => {
  const folder = await folderOf('postgres')
  const dataDir = path.join(folder, 'data')
  for (const run of ['made', 'found again']) {
    const postgres = await startPostgres({ dataDir })
    expect(await isListening(postgres.url), run).toBe(true)
    await postgres.stop()
    expect(await isListening(postgres.url), run).toBe(false)
  }
  expect(await fs.readdir(dataDir)).toContain('PG_VERSION')
  await fs.rm(folder, { recursive: true })

  for (const temporary of [await startPostgres({}), await startRedis({})]) await temporary.stop()
  const left = (await fs.readdir(os.tmpdir())).filter(
    (name) => /^wxcc-(postgres|redis)-/.test(name) && name.includes(`-${process.pid}-`),
  )
  expect(left).toEqual([])
})

test('a parent killed outright leaves no process behind', async () => {
  const parent = spawn(process.execPath, [path.join(import.meta.dirname, 'fixtures/parent.ts')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const leftFolders = async () => (await fs.readdir(os.tmpdir())).filter((name) => name.includes(`-${parent.pid}-`))
  const [{ pids, urls }] = (await once(parent, 'message')) as [{ pids: number[]; urls: string[] }]
  expect(await Promise.all(urls.map(isListening))).toEqual([true, true])
  expect(await leftFolders()).toHaveLength(2)
  parent.kill('SIGKILL')
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  for (const deadline = performance.now() + 15_000; pids.some(isAlive); await sleep(50)) {
    if (performance.now() > deadline) throw new Error(`still alive: ${pids.filter(isAlive).join(', ')}`)
  }
  expect(await Promise.all(urls.map(isListening))).toEqual([false, false])
  expect(await leftFolders()).toEqual([])
})
