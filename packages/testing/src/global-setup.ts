import { Sandbox } from '@wxcc/sandbox/sandbox'
import { startPostgres } from '@wxcc/sandbox/postgres'
import { startRedis } from '@wxcc/sandbox/redis'
import type { TestProject } from 'vitest/node'
import { asAdmin, makeTemplate } from './template-database.ts'
import './services.ts'

/**
 * One Postgres and one Redis for the whole run: DATABASE_URL and REDIS_URL if set, else embedded ones. Migrates a template once; each test file
 * clones it. Fails loudly if a server cannot be had; nothing is skipped. Names the Redis it runs on; with REQUIRE_ALL=1 the npm stand-in is
 * an error.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { env } = process
  const { connectModule, migratorModule } = project.config.provide
  if (connectModule === undefined || migratorModule === undefined)
    throw new Error('vitest.config.ts provides no modules to migrate with')
  const sandbox = new Sandbox()
  const adminUrl = env.DATABASE_URL || (await sandbox.start('postgres', () => startPostgres({}))).url
  let redisUrl = env.REDIS_URL
  if (!redisUrl) {
    const redis = await sandbox.start('redis', () => startRedis({}))
    if (redis.kind === 'npm') {
      if (env.REQUIRE_ALL === '1') {
        await sandbox.stop()
        throw new Error('REQUIRE_ALL=1, but neither redis-server nor valkey-server is on PATH')
      }
      console.warn('integration tests run on the Redis from npm: no redis-server or valkey-server on PATH')
    }
    redisUrl = redis.url
  }

  const template = `wxcc_test_${process.pid}`
  try {
    await makeTemplate({ adminUrl, name: template, connectModule, migratorModule })
  } catch (error) {
    await sandbox.stop()
    throw error
  }
  project.provide('adminDatabaseUrl', adminUrl)
  project.provide('templateDatabase', template)
  project.provide('redisUrl', redisUrl)

  return async () => {
    // An embedded server goes as a whole; a given one is left as it was found, also by files that crashed.
    if (env.DATABASE_URL) await dropAll(adminUrl, template)
    await sandbox.stop()
  }
}

async function dropAll(adminUrl: string, template: string): Promise<void> {
  await asAdmin(adminUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      `select datname from pg_database where datname = $1 or starts_with(datname, $1 || '_')`,
      [template],
    )
    for (const { datname } of rows) await client.query(`drop database ${client.escapeIdentifier(datname)} with (force)`)
  })
}
