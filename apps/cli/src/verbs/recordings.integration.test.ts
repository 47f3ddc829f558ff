import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { connectDatabase } from '@wxcc/db/connect'
import { openFolderStore } from '@wxcc/storage/folder-store'
import { useDatabase } from '@wxcc/testing/database'
import { expect, onTestFinished, test } from 'vitest'

const database = useDatabase()
const main = path.join(import.meta.dirname, '../main.ts')
const NOON = Date.UTC(2026, 2, 10, 12)

async function wxcc(storage: string, ...args: readonly string[]) {
  const env = { ...process.env, DATABASE_URL: database.url(), STORAGE_URL: pathToFileURL(storage).href }
  return promisify(execFile)(process.execPath, [main, ...args], { env }).then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
}

test('what is in custody is listed, copied with its hash, and every copy is noted; a changed object is not handed out', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-recordings-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [storage, out] = [path.join(folder, 'objects'), path.join(folder, 'out')]
  const bytes = Buffer.from('audio')
  const sha256 = createHash('sha256').update(bytes).digest()
  await openFolderStore(storage).put('recording/a.wav', bytes, { contentType: 'audio/wav', sha256 })
  const db = connectDatabase({ url: database.url(), applicationName: 'wxcc-cli-test', poolSize: 1 })
  onTestFinished(() => db.destroy())
  const sealed = Buffer.from('sealed')
  const credential = { client_id: 'c', token_url: 'http://127.0.0.1', key_id: 'k' }
  const { credential_id } = await db
    .insertInto('etl.credential')
    .values({ ...credential, client_secret_sealed: sealed, refresh_token_sealed: sealed })
    .returning('credential_id')
    .executeTakeFirstOrThrow()
  const at = new Date(NOON)
  const source = { data_source_key: 'north', display_name: 'North', source_org_id: 'north', data_center: 'us1' }
  const { data_source_id } = await db
    .insertInto('etl.data_source')
    .values({ ...source, api_url: 'http://127.0.0.1', credential_id, load_from: at })
    .returning('data_source_id')
    .executeTakeFirstOrThrow()
  const row = { data_source_id, conversation_start_time: at, kind: 'recording', created_at: at, updated_at: at }
  await db
    .insertInto('etl.capture')
    .values([
      { ...row, task_id: 'a', state: 'stored', object_key: 'recording/a.wav', byte_size: bytes.length, sha256 },
      { ...row, task_id: 'b', state: 'not_available', reason: 'capture_listing_empty' },
    ])
    .execute()

  const listed = await wxcc(storage, 'recordings', 'list', '--json', '--from', at.toISOString())
  expect(JSON.parse(listed.stdout)).toMatchObject([
    { taskId: 'a', state: 'stored', sha256: sha256.toString('hex') },
    { taskId: 'b', state: 'not_available', reason: 'capture_listing_empty' },
  ])
  expect(await wxcc(storage, 'recordings', 'export', '--source', 'north', '--out', out)).toMatchObject({ code: 0 })
  const [name] = (await readdir(out)).filter((file) => file !== 'SHA256SUMS')
  expect(await readFile(path.join(out, name!))).toEqual(bytes)
  expect(await readFile(path.join(out, 'SHA256SUMS'), 'utf8')).toBe(`${sha256.toString('hex')}  ${name}\n`)
  await writeFile(path.join(storage, 'recording/a.wav'), 'other')
  const again = path.join(folder, 'again')
  expect(await wxcc(storage, 'recordings', 'export', '--out', again)).toMatchObject({ code: 1 })
  expect(await readdir(again)).toEqual([])
  expect(await db.selectFrom('etl.capture_access').select(['via', 'action']).execute()).toEqual([
    { via: 'cli', action: 'export' },
    { via: 'cli', action: 'export' },
  ])

  const hold = ['retention', 'hold', '--source', 'north', '--case']
  expect((await wxcc(storage, ...hold, 'Jane Doe', '--task', 'a')).stderr).toContain('--case')
  expect((await wxcc(storage, ...hold, 'C-7', '--task', 'a', '--from', at.toISOString())).stderr).toContain('--task')
  expect(await wxcc(storage, ...hold, 'C-7', '--task', 'a')).toMatchObject({ code: 0, stdout: 'hold 1\n' })
  const keep = ['retention', 'set', '--source', 'north']
  expect((await wxcc(storage, ...keep)).stderr).toContain('--recordings')
  expect((await wxcc(storage, ...keep, '--pages', '7')).stderr).toMatch(/--pages.*35 days/)
  const set = await wxcc(storage, ...keep, '--recordings', '400', '--personal', '90')
  expect(set).toMatchObject({ code: 0 })
  expect(set.stdout).toMatch(/recordings for 400 days, transcripts for ever, personal for 90 days[^]*--pages/)
  expect(await wxcc(storage, ...keep, '--pages', '90', '--recordings', 'never')).toMatchObject({ code: 0 })
  const ages = (await wxcc(storage, 'retention', 'list')).stdout
  expect(ages).toMatch(/north\s+for ever\s+for ever\s+90 days\s+90 days[^]*C-7/)
})
