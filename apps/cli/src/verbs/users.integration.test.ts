import { roleOfLogIn } from '@wxcc/db/board-user'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { useDatabase } from '@wxcc/testing/database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAsUser } from '../testing/run-as-user.ts'

const database = useDatabase()
const PASSWORD = 'canary7Q of a viewer'
let db: Database

beforeAll(() => {
  db = connectDatabase({ url: database.url(), applicationName: 'wxcc-cli-test', poolSize: 1 })
})
afterAll(() => db.destroy())

const wxcc = (args: string, password?: string) =>
  runAsUser('cli', args.split(' '), {
    DATABASE_URL: database.url(),
    ...(password === undefined ? {} : { BOARD_USER_PASSWORD: password }),
  })

test('users are added, changed and removed, and who did it is noted without the password', async () => {
  expect(await wxcc('users add viewer --role viewer', 'short')).toMatchObject({
    code: 1,
    stderr: 'wxcc-cli: The password must have 10 to 200 characters\n',
  })
  expect(await wxcc('users add viewer --role viewer', PASSWORD)).toMatchObject({ code: 0, stderr: '' })
  expect(await roleOfLogIn(db, 'viewer', PASSWORD)).toBe('viewer')
  expect(await roleOfLogIn(db, 'viewer', `${PASSWORD}.`)).toBeUndefined()
  await wxcc('users set-role viewer --role operator')
  expect(await roleOfLogIn(db, 'viewer', PASSWORD)).toBe('operator')
  const stored = await db.selectFrom('etl.board_user').selectAll().execute()
  expect(stored[0]!.password_hash).toMatch(/^scrypt\$32768\$8\$3\$/)
  await wxcc('users remove viewer')
  expect(await wxcc('users remove viewer')).toMatchObject({
    code: 1,
    stderr: 'wxcc-cli: there is no user of that name\n',
  })

  const audit = await wxcc('audit --json')
  expect(
    JSON.parse(audit.stdout).map((act: { action: string; subject: string }) => `${act.action} ${act.subject}`),
  ).toEqual(['remove user viewer', 'remove user viewer', 'set role viewer', 'add user viewer'])
  expect(audit.stdout).not.toContain('canary7Q')
})
