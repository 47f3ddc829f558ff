import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readOrgPlans } from './org-plans.ts'
import { readSettings } from './settings.ts'

let folder = ''
let path = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulator-orgs-'))
  path = join(folder, 'orgs.json')
})
afterAll(() => rm(folder, { recursive: true }))

const read = async (content: unknown, env: Record<string, string> = {}) => {
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return readOrgPlans(readSettings({ SIM_ORGS: path, ...env }))
}
const app = { id: 'reports', secret: 'hush', scopes: 'cjp:config_read spark:people_read' }

describe('readOrgPlans', () => {
  it('is one organization when no file is named', async () => {
    const [plan, ...others] = await readOrgPlans(readSettings({ SIM_REGION: 'eu2', SIM_MONTHS: '3' }))
    expect(plan).toMatchObject({ region: 'eu2', months: 3, seed: 1, tasksPerDay: 2000 })
    expect(others).toEqual([])
  })

  it('takes from the settings what an entry leaves out, but gives each a seed of its own', async () => {
    const entries = [
      { name: 'Harbour' },
      {
        name: 'Alpine',
        region: 'eu1',
        tasksPerDay: 7,
        days: 2,
        seed: 40,
        dataset: 'records',
        timeZone: 'Europe/Zurich',
      },
      { name: 'Coral', tasksPerMonth: 90 },
    ]
    const plans = await read(entries, { SIM_SEED: '5', SIM_TASKS_PER_MONTH: '600', SIM_MONTHS: '4', SIM_REGION: 'ca1' })
    expect(plans).toMatchObject([
      { name: 'Harbour', region: 'ca1', seed: 5, tasksPerMonth: 600, months: 4, id: undefined },
      {
        region: 'eu1',
        seed: 40,
        tasksPerDay: 7,
        tasksPerMonth: undefined,
        days: 2,
        months: undefined,
        dataset: join(folder, 'records'),
      },
      { seed: 7, tasksPerMonth: 90, months: 4 },
    ])
  })

  it('takes an app of the same id for the same app', async () => {
    const plans = await read([
      { name: 'Harbour', clients: [{ ...app, refreshToken: 'one', redirectUris: ['https://r.example/back'] }] },
      {
        name: 'Alpine',
        clients: [
          { id: 'reports', refreshToken: 'two', scopes: 'cjp:config_read' },
          { id: 'simulated-client', refreshToken: 'three' },
          { id: 'simulated-service-app', authorized: false },
        ],
      },
    ])
    const [first, second] = plans.map(({ clients }) => clients)
    expect(first).toMatchObject([{ scopes: ['cjp:config_read', 'spark:people_read'], refreshToken: 'one' }])
    expect(second).toMatchObject([
      { scopes: ['cjp:config_read'], refreshToken: 'two' },
      { app: { clientSecret: 'simulated-secret' }, scopes: ['cjp:config_read', 'spark:people_read'] },
      { isAuthorized: false },
    ])
    expect(second?.[0]?.app).toBe(first?.[0]?.app)
  })

  it.each([
    ['no JSON', '[{', /: is not JSON$/],
    ['no organization', [], /: the file: /],
    ['an unknown region', [{ name: 'A', region: 'mars' }], /: \[0\]\.region: /],
    ['a member nobody knows', [{ name: 'A' }, { name: 'B', nmae: 'hush' }], /: \[1\]: /],
    ['two sizes', [{ name: 'A', tasksPerDay: 1, tasksPerMonth: 30 }], /: \[0\]\.tasksPerMonth: /],
    ['a bad time zone', [{ name: 'A', timeZone: 'Mars/Olympus' }], /: \[0\]\.timeZone: /],
    ['a machine as user', [{ name: 'A', users: [{ name: 'R2', role: 'service-app' }] }], /: \[0\]\.users\[0\]\.role: /],
    [
      'an app without a secret',
      [{ name: 'A', clients: [{ id: 'x', scopes: 'y' }] }],
      /: \[0\]\.clients\[0\]\.secret: /,
    ],
    [
      'an app of two secrets',
      [
        { name: 'A', clients: [app] },
        { name: 'B', clients: [{ id: 'reports', secret: 'whisper' }] },
      ],
      /: \[1\]\.clients\[0\]\.secret: /,
    ],
    [
      'more scopes than registered',
      [
        { name: 'A', clients: [app] },
        { name: 'B', clients: [{ id: 'reports', scopes: 'cjp:config' }] },
      ],
      /: \[1\]\.clients\[0\]\.scopes: /,
    ],
    [
      'a refresh token twice',
      [
        {
          name: 'A',
          clients: [
            { ...app, refreshToken: 'hush' },
            { ...app, refreshToken: 'hush' },
          ],
        },
      ],
      /: \[0\]\.clients\[1\]\.refreshToken: /,
    ],
  ])('refuses %s in one line that names file and place', async (_name, content, place) => {
    const complaint = await read(content).then(
      () => 'accepted',
      (error: Error) => error.message,
    )
    expect(complaint.startsWith(`SIM_ORGS: ${path}: `)).toBe(true)
    expect(complaint).toMatch(place)
    expect(complaint).not.toMatch(/hush|whisper|\n/)
  })

  it('names a file that is not there', async () => {
    await expect(readOrgPlans(readSettings({ SIM_ORGS: '/nowhere.json' }))).rejects.toThrow(
      /^SIM_ORGS: \/nowhere\.json: cannot be read \(ENOENT\)$/,
    )
  })
})
