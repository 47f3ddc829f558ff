import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import pg from 'pg'
import { describe, expect, inject, test } from 'vitest'
import { createDatabase, useDatabase } from './database.ts'
import { failOnOpenSockets } from './open-sockets.ts'
import { asAdmin } from './template-database.ts'
import { until } from './until.ts'

const database = useDatabase()

const query = async (url: string, text: string) =>
  asAdmin(url, async (client) => (await client.query(text)).rows as unknown[])

describe('databases', () => {
  test('each is a migrated clone of its own', async () => {
    const other = await createDatabase()
    await query(database.url(), 'create table only_here (id int)')
    for (const [url, expected] of [
      [database.url(), 'only_here'],
      [other.url, null],
    ] as const) {
      expect(
        await query(
          url,
          `select to_regclass('only_here')::text as name, to_regclass('etl.load_window')::text as ledger`,
        ),
      ).toEqual([{ name: expected, ledger: 'etl.load_window' }])
    }
    await other.drop()
  })

  test('a pool that survives is named, and the database goes all the same', async () => {
    const leaky = await createDatabase()
    const pool = new pg.Pool({ connectionString: leaky.url, application_name: 'forgotten' })
    pool.on('error', () => {})
    await pool.query('select 1')
    await expect(leaky.drop()).rejects.toThrow('this test file left connections open: forgotten')
    await pool.end()
    const name = new URL(leaky.url).pathname.slice(1)
    expect(await query(inject('adminDatabaseUrl'), `select 1 from pg_database where datname = '${name}'`)).toEqual([])
  })
})

test('a socket that survives is an error', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const socket = net.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  await expect(failOnOpenSockets('Redis', port)).rejects.toThrow('connections to Redis to end')
  socket.destroy()
  await failOnOpenSockets('Redis', port)
  server.close()
})

describe('until', () => {
  test('returns the first answer that is one', async () => {
    const answers = [undefined, null, false, 0]
    expect(await until('an answer', () => answers.shift(), { everyMs: 1 })).toBe(0)
  })

  test('says what it waited for, and why the last try failed', async () => {
    const failed = until('the row', () => Promise.reject(new Error('no table')), { timeoutMs: 20, everyMs: 5 })
    await expect(failed).rejects.toMatchObject({ message: 'waited 20 ms for the row', cause: { message: 'no table' } })
  })
})
