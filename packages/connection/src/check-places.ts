import { createHash, randomUUID } from 'node:crypto'
import { checkSchema } from '@wxcc/db/check-schema'
import type { Database } from '@wxcc/db/connect'
import { checkRedis, producerRedis } from '@wxcc/queue/connection'
import { type StorageSettings, openStore } from '@wxcc/storage/open-store'
import { sql } from 'kysely'
import { type Finding, bad, good, warn } from './check.ts'

const OLDEST_POSTGRES = 150_000

/** Version, schema, and the right to make partitions: the planner makes next month's. */
export async function checkPostgres(db: Database): Promise<Finding[]> {
  const { rows } = await sql<{ version: number; canCreate: boolean | null; canWrite: boolean | null }>`
    select current_setting('server_version_num')::int as version,
           (select has_schema_privilege(oid, 'create') from pg_namespace where nspname = 'journey') as "canCreate",
           not pg_is_in_recovery() and not current_setting('transaction_read_only')::boolean as "canWrite"`.execute(db)
  const { version, canCreate, canWrite } = rows[0]!
  const findings = [
    version >= OLDEST_POSTGRES
      ? good('Postgres', 'new enough')
      : bad('Postgres', `version ${Math.floor(version / 10_000)}`, 'version 15 or newer is needed'),
  ]
  const isBehind = await checkSchema(db).then(
    () => false,
    () => true,
  )
  if (isBehind) return [...findings, bad('Postgres schema', 'is behind this program', 'run: wxcc migrate')]
  if (canWrite !== true)
    return [...findings, bad('Postgres rights', 'this server takes no writes', 'point DATABASE_URL at the primary')]
  return [
    ...findings,
    canCreate === true
      ? good('Postgres rights', 'may make partitions')
      : bad(
          'Postgres rights',
          'may not make partitions',
          'connect as the owner of schema journey, or grant create on it',
        ),
  ]
}

/** BullMQ's two conditions: nothing is evicted, and at most a second is lost. A managed Redis may hide its settings. */
export async function checkRedisSettings(url: string): Promise<Finding[]> {
  try {
    await checkRedis(url)
  } catch {
    return [bad('Redis', 'cannot be reached or refuses us', 'check REDIS_URL')]
  }
  const redis = await producerRedis(url, () => {})
  try {
    const read = async (name: string) => {
      const answer = await redis.config('GET', name).catch(() => undefined)
      return Array.isArray(answer) ? String(answer[1]) : undefined
    }
    const [policy, appendOnly] = [await read('maxmemory-policy'), await read('appendonly')]
    return [
      good('Redis', 'answers'),
      policy === undefined
        ? warn('Redis memory', 'hides its settings', 'see that maxmemory-policy is noeviction')
        : policy === 'noeviction'
          ? good('Redis memory', 'evicts nothing')
          : bad(
              'Redis memory',
              `maxmemory-policy is ${policy}`,
              'set it to noeviction: jobs would vanish (and be found again only by the sweep)',
            ),
      appendOnly === 'yes'
        ? good('Redis persistence', 'append-only file')
        : warn(
            'Redis persistence',
            'no append-only file',
            'set appendonly yes; without it a restart costs time, never data',
          ),
    ]
  } finally {
    redis.disconnect()
  }
}

/** Writes an object, reads it back, takes it away. */
export async function checkStore(settings: StorageSettings): Promise<Finding[]> {
  const key = `doctor/${randomUUID()}`
  const bytes = Buffer.from(key)
  const sha256 = createHash('sha256').update(bytes).digest()
  try {
    const store = await openStore(settings)
    await store.put(key, bytes, { contentType: 'text/plain', sha256 })
    const back = await store.get(key)
    await store.remove(key)
    if (back === undefined || !bytes.equals(back))
      return [bad('Object store', 'gives back something else', 'is a cache or a read-only replica in between?')]
    const isLeft = (await store.stat(key)) !== undefined
    return [
      good('Object store', 'writes and reads back'),
      isLeft
        ? warn(
            'Object store deletes',
            'keeps what is deleted',
            'object lock and erasure exclude each other: wxcc erase cannot work here',
          )
        : good('Object store deletes', 'takes away what is deleted'),
    ]
  } catch {
    return [
      bad(
        'Object store',
        'cannot be reached, or refuses reading or writing',
        'check STORAGE_URL or the S3_* settings and the bucket’s policy',
      ),
    ]
  }
}
