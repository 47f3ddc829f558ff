import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { Redis } from 'ioredis'
import { sql } from 'kysely'
import type { Demo } from '../demo/start-demo.ts'
import { readBoard } from './board.ts'
import type { Place } from './find.ts'

/** What a running demo keeps and shows outside schema `pii`, the sealed columns and the object store. Its logs are read when it has stopped. */
export async function placesOf(demo: Demo): Promise<Place[]> {
  return [
    ...(await readMetrics(demo)),
    ...(await readTables(demo)),
    ...(await readRedis(demo.redis.url)),
    ...(await readProcesses()),
    ...(await readBoard(demo)),
  ]
}

export async function readLogs(folder: string): Promise<Place[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.log'))
  return Promise.all(
    files.map(async (name) => ({ name: `log ${name}`, text: await readFile(path.join(folder, name), 'utf8') })),
  )
}

async function readMetrics({ workers }: Demo): Promise<Place[]> {
  return Promise.all(
    workers.map(async ({ worker, app }) => ({
      name: `metrics of ${worker}`,
      text: await (await fetch(app.metricsUrl()!)).text(),
    })),
  )
}

/** Rows as Postgres writes them; of partitions the whole. What is sealed shows as hexadecimal. */
async function readTables({ db }: Demo): Promise<Place[]> {
  const { rows: tables } = await sql<{ name: string }>`
    select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
      and n.nspname not in ('pg_catalog', 'information_schema', 'pii', 'pg_toast')`.execute(db)
  const places: Place[] = []
  for (const { name } of tables) {
    const { rows } = await sql<{ text: string | null }>`
      select string_agg(t::text, chr(10)) as text from ${sql.raw(name)} t`.execute(db)
    places.push({ name, text: rows[0]!.text ?? '' })
  }
  return places
}

/** Every key with all that is in it. */
async function readRedis(url: string): Promise<Place[]> {
  const redis = new Redis(url)
  try {
    const texts: string[] = []
    for (const key of await redis.keys('*')) texts.push(key, JSON.stringify(await readKey(redis, key)))
    return [{ name: 'Redis', text: texts.join('\n') }]
  } finally {
    await redis.quit()
  }
}

async function readKey(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key)
    case 'hash':
      return redis.hgetall(key)
    case 'list':
      return redis.lrange(key, 0, -1)
    case 'set':
      return redis.smembers(key)
    case 'zset':
      return redis.zrange(key, '0', '-1')
    case 'stream':
      return redis.xrange(key, '-', '+')
    default:
      return undefined
  }
}

/** Command lines of what this process started, as others on the machine see them; nothing where there is no `/proc`. */
async function readProcesses(): Promise<Place[]> {
  const parents = new Map<string, string>()
  for (const pid of await readdir('/proc').catch(() => [])) {
    // A process may end while it is looked at.
    const stat = /^\d+$/.test(pid) ? await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '') : ''
    const parent = /\) \S (\d+)/.exec(stat)?.[1]
    if (parent !== undefined) parents.set(pid, parent)
  }
  const isOurs = (pid: string | undefined): boolean =>
    pid !== undefined && (pid === String(process.pid) || isOurs(parents.get(pid)))
  const lines = await Promise.all(
    [...parents.keys()].filter(isOurs).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  )
  return [{ name: 'process list', text: lines.join('\n').replaceAll('\0', ' ') }]
}
