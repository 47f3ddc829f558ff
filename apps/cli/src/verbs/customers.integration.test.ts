import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { customerIdOf } from '@wxcc/contracts/dimension-id'
import { connectDatabase } from '@wxcc/db/connect'
import { useDatabase } from '@wxcc/testing/database'
import { expect, test } from 'vitest'

const database = useDatabase()
const main = path.join(import.meta.dirname, '../main.ts')

async function wxcc(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, DATABASE_URL: database.url() }
  return promisify(execFile)(process.execPath, [main, 'customers', ...args], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
}

const [ADA, BEN] = ['0d1e2f30-1111-8111-9111-000000000001', '0d1e2f30-1111-8111-9111-000000000002']

test('contacts are merged and listed by id; an unknown id is refused in one line', async () => {
  const db = connectDatabase({ url: database.url(), applicationName: 'wxcc-cli-test', poolSize: 1 })
  await db
    .insertInto('journey.contact')
    .values([ADA, BEN].map((id) => ({ contact_id: id, customer_id: customerIdOf(id), contact_kind: 'phone' })))
    .execute()
  await db.destroy()
  expect(await wxcc('merge', '--into', ADA, BEN)).toMatchObject({
    code: 0,
    stdout: `1 contacts, 0 conversations and 0 engagements moved to customer ${customerIdOf(ADA)}\n`,
  })
  const listed = await wxcc('list', '--json')
  expect(JSON.parse(listed.stdout)).toEqual([{ contactId: BEN, customerId: customerIdOf(ADA), conversations: 0 }])
  const nobody = '0d1e2f30-1111-8111-9111-000000000003'
  expect(await wxcc('unmerge', nobody)).toMatchObject({
    code: 1,
    stderr: `wxcc-cli: no contact or customer has the id ${nobody}\n`,
  })
})
