import { chmod, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { addSource } from '@wxcc/db/data-source'
import { readSealingKey } from '@wxcc/db/seal'
import { startPostgres } from '@wxcc/sandbox/postgres'
import { Sandbox } from '@wxcc/sandbox/sandbox'
import { migrateDatabase } from '../../verbs/migrate.ts'
import { type KillPoint, type TokenProcess, startTokenProcess } from './token-processes.ts'
import { type BenchClient, type Vendor, startVendor } from './vendor.ts'

const SECRETS_KEY = Buffer.alloc(32, 7).toString('base64')

/** One vendor with one way about refresh tokens, and the source that is connected to it. */
export interface RefreshStand {
  readonly rotates: boolean
  readonly vendor: Vendor
  /** Somebody has just consented, and the access token has just run out. */
  readonly renew: () => Promise<void>
  readonly startProcess: (dieAt?: KillPoint) => Promise<TokenProcess>
  readonly consentCode: () => Promise<string | null>
}

/** Postgres, a vendor that keeps the refresh token's text, and one that rotates it. */
export async function withRefreshStands(work: (stands: readonly RefreshStand[]) => Promise<void>): Promise<void> {
  const sandbox = new Sandbox()
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-bench-'))
  await chmod(folder, 0o755)
  try {
    const postgres = await sandbox.start('postgres', () => startPostgres({ dataDir: path.join(folder, 'postgres') }))
    await migrateDatabase(postgres.url)
    const db = connectDatabase({ url: postgres.url, applicationName: 'bench' })
    await sandbox.start('database connection', () => Promise.resolve({ stop: () => db.destroy() }))
    const stands: RefreshStand[] = []
    for (const rotates of [false, true]) stands.push(await openStand(sandbox, db, postgres.url, rotates))
    await work(stands)
  } finally {
    await sandbox.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function openStand(sandbox: Sandbox, db: Database, databaseUrl: string, rotates: boolean): Promise<RefreshStand> {
  const vendor = await startVendor({
    SIM_REFRESH_TOKEN_ROTATES: String(rotates),
    SIM_TASKS_PER_DAY: '5',
    SIM_AGENTS: '2',
    SIM_SEED: rotates ? '2' : '1',
  })
  await sandbox.start('webex-simulator', () => Promise.resolve(vendor.app))
  const { orgId } = (await vendor.control('info')) as { readonly orgId: string }
  const client: BenchClient = {
    clientId: 'simulated-client',
    clientSecret: 'simulated-secret',
    tokenUrl: `${vendor.app.url()}/v1/access_token`,
  }
  const credentials = openCredentials(db, readSealingKey(SECRETS_KEY))
  const credentialId = await credentials.add({ ...client, refreshToken: 'simulated-refresh-token' })
  await addSource(db, {
    key: rotates ? 'rotating' : 'keeping',
    displayName: 'Simulated contact centre',
    orgId,
    dataCenter: 'us1',
    apiUrl: vendor.app.url(),
    credentialId,
    loadFromMs: await vendor.clock(),
  })
  const env = {
    DATABASE_URL: databaseUrl,
    SECRETS_KEY,
    CREDENTIAL_ID: String(credentialId),
    CLOCK_URL: vendor.clockUrl,
  }
  const row = () => db.selectFrom('etl.credential').where('credential_id', '=', credentialId)
  return {
    rotates,
    vendor,
    async renew() {
      const tokens = await vendor.consent(client)
      await credentials.replace(credentialId, { ...client, ...tokens, nowMs: await vendor.clock() })
      await db
        .updateTable('etl.credential')
        .set({ access_token_sealed: null })
        .where('credential_id', '=', credentialId)
        .execute()
    },
    startProcess: (dieAt) => startTokenProcess(env, dieAt),
    consentCode: async () => (await row().select('consent_code').executeTakeFirstOrThrow()).consent_code,
  }
}
