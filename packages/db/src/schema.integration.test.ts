import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { useDatabase } from '@wxcc/testing/database'
import { expect, test } from 'vitest'

const database = useDatabase()

test('schema.ts is what the migrations make (pnpm --filter @wxcc/db codegen writes it anew)', async () => {
  const folder = path.join(import.meta.dirname, '..')
  const run = promisify(execFile)(
    path.join(folder, 'node_modules/.bin/kysely-codegen'),
    ['--url', database.url(), '--verify'],
    {
      cwd: folder,
    },
  )
  await expect(run).resolves.toMatchObject({ stderr: '' })
})
