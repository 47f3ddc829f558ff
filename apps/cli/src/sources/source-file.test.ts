import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSecret, readSourceFile } from './source-file.ts'

const ORG = '11111111-1111-4111-8111-111111111111'
const CANARY = 'canary7Q'
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-sources-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function fileOf(text: string): Promise<string> {
  const file = path.join(folder, 'sources.yaml')
  await writeFile(file, text)
  return file
}

const entry = (more = '') => `
  - key: harbour
    organization: ${ORG}
    clientId: loader
    clientSecret: {env: HARBOUR_SECRET}
    refreshToken: {file: /run/secrets/harbour}
${more}`

test('a small entry is enough, the rest has defaults', async () => {
  expect(await readSourceFile(await fileOf(`sources:${entry()}`))).toEqual([
    {
      key: 'harbour',
      organization: ORG,
      dataCenter: 'us1',
      state: 'active',
      timeZone: 'UTC',
      reviews: false,
      taskLegs: 'ask',
      budgetShare: 1,
      clientId: 'loader',
      clientSecret: { env: 'HARBOUR_SECRET' },
      refreshToken: { file: '/run/secrets/harbour' },
    },
  ])
})

test.each<[what: string, text: string, says: string]>([
  [
    'a secret in the file',
    `sources:${entry().replace('{env: HARBOUR_SECRET}', CANARY)}`,
    'sources.0.clientSecret must be {env: NAME} or {file: PATH}',
  ],
  ['an unknown member', `sources:${entry(`    ${CANARY}: 1`)}`, 'sources.0 has a member that is not known here'],
  [
    'a key that comes twice',
    `sources:${entry()}${entry().replace(ORG, ORG.replaceAll('1', '2'))}`,
    'a key comes twice',
  ],
  [
    'two shares of one client',
    `sources:${entry()}${entry('    budgetShare: 0.5').replace(ORG, ORG.replaceAll('1', '2')).replace('harbour', 'alpine')}`,
    'must have one budgetShare',
  ],
  ['a time zone', `sources:${entry(`    timeZone: ${CANARY}`)}`, 'sources.0.timeZone must be a time zone'],
  [
    'a data center',
    `sources:${entry(`    dataCenter: ${CANARY}`)}`,
    'sources.0.dataCenter is missing or of another kind',
  ],
  ['no YAML', `sources: [${CANARY}`, '--file is not YAML'],
  ['no sources', `places: []`, 'sources is missing or of another kind'],
])('%s is named by its place and not shown', async (_what, text, says) => {
  const error = await readSourceFile(await fileOf(text)).catch((thrown: Error) => thrown)
  expect((error as Error).message).toContain(says)
  expect((error as Error).message).not.toContain(CANARY)
})

test('a secret comes from the environment or a file, and is missed by name', async () => {
  expect(await readSecret({ env: 'A' }, { A: ' secret\n' })).toBe('secret')
  expect(await readSecret({ file: await fileOf('secret\n') }, {})).toBe('secret')
  await expect(readSecret({ env: 'A' }, {})).rejects.toThrow('A is not set')
  await expect(readSecret({ file: path.join(folder, 'none') }, {})).rejects.toThrow('cannot be read')
})
