import { roleOfLogIn } from '@wxcc/db/board-user'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { useDatabase } from '@wxcc/testing/database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CANARY, runAsUser } from '../testing/run-as-user.ts'

const database = useDatabase()
const PASSWORD = `${CANARY} of a viewer`
let db: Database

beforeAll(() => {
  db = connectDatabase({ url: database.url(), applicationName: 'wxcc-cli-test', poolSize: 1 })
})
afterAll(() => db.destroy())

const wxcc = (args: string, password = PASSWORD) =>
  runAsUser('cli', args.split(' '), { DATABASE_URL: database.url(), BOARD_USER_PASSWORD: password })

test('users are added, and what was tried is noted without the password', async () => {
  const [short, added, unknown] = await Promise.all([
    wxcc('users add short --role viewer', CANARY),
    wxcc('users add viewer --role viewer'),
    wxcc('users remove nobody'),
  ])
  expect(short).toMatchObject({ code: 1, stderr: 'wxcc-cli: The password must have 10 to 200 characters\n' })
  expect(added).toMatchObject({ code: 0, stderr: '', stdout: 'viewer may log in as viewer\n' })
  expect(unknown).toMatchObject({ code: 1, stderr: 'wxcc-cli: there is no user of that name\n' })
  expect(await roleOfLogIn(db, 'viewer', PASSWORD)).toBe('viewer')
  expect(await roleOfLogIn(db, 'viewer', `${PASSWORD}.`)).toBeUndefined()
  const stored = await db.selectFrom('etl.board_user').selectAll().execute()
  expect(stored.map((user) => user.password_hash)).toEqual([expect.stringMatching(/^scrypt\$32768\$8\$3\$/)])

  const audit = await wxcc('audit --json')
  const acts: readonly { readonly action: string; readonly subject: string }[] = JSON.parse(audit.stdout)
  expect(new Set(acts.map(({ action, subject }) => `${action} ${subject}`))).toEqual(
    new Set(['add user viewer', 'remove user nobody']),
  )
  expect(audit.stdout).not.toContain(CANARY)
})
