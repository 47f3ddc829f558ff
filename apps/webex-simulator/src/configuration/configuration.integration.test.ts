import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGenerated } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'
import { CONFIGURATION_ENTITIES } from '../world.ts'

let simulator: StartedSimulator
let base: string
beforeAll(async () => {
  simulator = await startGenerated({
    SIM_CLOCK_START: '2026-11-02T12:00:00Z',
    SIM_TASKS_PER_DAY: '50',
    SIM_AGENTS: '12',
  })
  base = `/organization/${simulator.orgId}`
})
afterAll(() => simulator.stop())

type Item = Readonly<Record<string, unknown>> & { readonly id: string; readonly name: string }
const list = async (entity: string, query = ''): Promise<Item[]> => {
  const { status, body } = await simulator.api(`${base}/v2/${entity}?${query}`)
  expect(status).toBe(200)
  return body.data
}
const item = (entity: string, id: string) => simulator.api(`${base}/${entity}/${id}`)
const change = (body: object) => simulator.control('/configuration', body)

describe('lists', () => {
  it.each(CONFIGURATION_ENTITIES.map((entity) => [entity]))('of %s have items with id and times', async (entity) => {
    const items = await list(entity)
    expect(items.length).toBeGreaterThan(0)
    for (const one of items) {
      expect(one).toMatchObject({ organizationId: simulator.orgId, version: 0, createdTime: expect.any(Number) })
      expect((await item(entity, one.id)).body).toMatchObject({ id: one.id })
    }
    expect((await simulator.api(`${base}/${entity}`)).body).toEqual(items)
  })

  it('are paged from 0, with links to what there is', async () => {
    const path = `${base}/v2/user`
    const { body } = await simulator.api(`${path}?page=1&pageSize=5`)
    expect(body.meta).toEqual({
      orgid: simulator.orgId,
      page: 1,
      pageSize: 5,
      totalPages: 3,
      totalRecords: 12,
      links: {
        self: `${path}?page=1&pageSize=5`,
        first: `${path}?page=0&pageSize=5`,
        last: `${path}?page=2&pageSize=5`,
        prev: `${path}?page=0&pageSize=5`,
        next: `${path}?page=2&pageSize=5`,
      },
    })
    expect(body.data).toHaveLength(5)
    const last = await simulator.api(`${path}?page=2&pageSize=5`)
    expect(last.body.data).toHaveLength(2)
    expect(last.body.meta.links).not.toHaveProperty('next')
    expect((await simulator.api(`${path}?page=9`)).body.data).toEqual([])
  })

  it('clamp a page size above the maximum', async () => {
    expect((await simulator.api(`${base}/v2/user?pageSize=5000`)).body.meta).toMatchObject({ pageSize: 100 })
  })

  it('reduce to attributes, and leave arrays of queues to the item', async () => {
    const [user] = await list('user', 'attributes=id,email')
    expect(Object.keys(user!).toSorted()).toEqual(['email', 'id'])
    const [queue] = await list('contact-service-queue')
    expect(Object.values(queue!).some(Array.isArray)).toBe(false)
    expect((await item('contact-service-queue', queue!.id)).body.callDistributionGroups[0].agentGroups).not.toEqual([])
    expect((await list('team'))[0]!['userIds']).toBeInstanceOf(Array)
  })

  it('filter and search, with the encoding the service needs', async () => {
    const [first, second] = await list('team')
    expect(await list('team', `filter=${encodeURIComponent(`id=in=("${first!.id}","${second!.id}")`)}`)).toHaveLength(2)
    const named = encodeURIComponent(`name=="${first!.name}"`)
    expect(await list('team', `filter=${named}`)).toEqual([first])
    expect(named).toContain('%20')
    expect(await list('team', `filter=${named.replaceAll('%20', '+')}`)).toEqual([])
    expect(await list('team', `search=${encodeURIComponent(first!.name.slice(0, 4).toUpperCase())}`)).toContainEqual(
      first,
    )
  })

  it('of user profiles and address books have a version 3', async () => {
    for (const entity of ['user-profile', 'address-book'])
      expect((await simulator.api(`${base}/v3/${entity}`)).body.meta.links.self).toContain(`/v3/${entity}`)
    expect((await simulator.api(`${base}/v3/team`)).status).toBe(404)
  })
})

describe('joins', () => {
  it('hold between users, teams, sites, profiles and codes', async () => {
    const ids = async (entity: string) => new Set((await list(entity)).map(({ id }) => id))
    const [teams, sites, skillProfiles, userProfiles, profiles, workTypes] = await Promise.all(
      ['team', 'site', 'skill-profile', 'user-profile', 'multimedia-profile', 'work-type'].map(ids),
    )
    for (const user of await list('user')) {
      expect(teams).toContain((user['teamIds'] as string[])[0])
      expect(sites).toContain(user['siteId'])
      expect(skillProfiles).toContain(user['skillProfileId'])
      expect(userProfiles).toContain(user['userProfileId'])
      expect(profiles).toContain(user['multimediaProfileId'])
    }
    for (const code of await list('auxiliary-code')) expect(workTypes).toContain(code['workTypeId'])
  })

  it('name the variables that tasks show', async () => {
    const nowMs = simulator.clock.nowMs()
    const { body } = await simulator.search(
      `{ taskDetails(from: ${nowMs - 86_400_000}, to: ${nowMs}) { tasks { globalVariables } } }`,
    )
    const names = new Set((await list('cad-variable')).map(({ name }) => name))
    const shown = body.data.taskDetails.tasks.flatMap(({ globalVariables }: { globalVariables: object | null }) =>
      Object.keys(globalVariables ?? {}),
    )
    expect(shown.length).toBeGreaterThan(0)
    for (const name of new Set(shown)) expect(names).toContain(name)
  })

  it('find a user by the id that captures name', async () => {
    const [user] = await list('user')
    expect((await item('user', `by-ci-user-id/${String(user!['ciUserId'])}`)).body).toMatchObject({ id: user!.id })
    expect((await item('user', 'by-ci-user-id/nobody')).status).toBe(404)
  })
})

describe('refusals', () => {
  it.each([
    ['a filter that cannot be read', 'filter=name%3D%3D'],
    ['a search that cannot be read', 'search=field%3D%3D%22name%22'],
    ['a negative page', 'page=-1'],
    ['a page that is no number', 'page=first'],
    ['an empty page', 'pageSize=0'],
    ['a broken encoding', 'filter=%E0%A4%A'],
  ])('400 for %s', async (_name, query) => {
    expect(await simulator.api(`${base}/v2/team?${query}`)).toMatchObject({
      status: 400,
      body: { error: { key: '400', message: [{ code: '400', entity: 'cc_team', references: [] }] } },
    })
  })

  it('404 with the entity, for items and entities that are not there', async () => {
    const { status, body } = await item('user', 'nobody')
    expect([status, body.error.key, body.error.message[0].entity]).toEqual([404, '404', 'cc_user'])
    expect(body.error.reason).toBe('Not found')
    expect(body.trackingId).toMatch(/^ccconfig_/)
    expect((await simulator.api(`${base}/v2/unicorn`)).status).toBe(404)
    expect((await simulator.api(`${base}/unicorn`)).status).toBe(404)
  })

  it('403 for another organization', async () => {
    const other = '/organization/11111111-2222-4333-8444-555555555555'
    for (const path of [other, `${other}/v2/user`, `${other}/user/x`])
      expect((await simulator.api(path)).status).toBe(403)
    expect((await simulator.api(base)).body).toMatchObject({ id: simulator.orgId })
  })
})

describe('changes by an administrator', () => {
  it('show from their moment on, everywhere', async () => {
    const [team, gone] = await list('team')
    const [user] = await list('user')
    const before = simulator.clock.nowMs()
    simulator.clock.advance(60_000)
    await change({ entity: 'team', id: team!.id, action: 'rename', name: 'Night shift' })
    await change({ entity: 'team', id: gone!.id, action: 'delete' })
    await change({ entity: 'user', id: user!.id, action: 'deactivate' })
    expect((await item('team', team!.id)).body).toMatchObject({
      name: 'Night shift',
      version: 1,
      lastUpdatedTime: simulator.clock.nowMs(),
    })
    expect(await list('team', 'filter=name%3D%3D%22Night%20shift%22')).toHaveLength(1)
    expect((await item('team', gone!.id)).status).toBe(404)
    expect((await list('team')).map(({ id }) => id)).not.toContain(gone!.id)
    expect((await item('user', user!.id)).body.active).toBe(false)
    expect((await simulator.control('/configuration')).body).toHaveLength(3)
    simulator.clock.set(before)
    expect((await item('team', team!.id)).body).toEqual(team)
    expect((await item('team', gone!.id)).status).toBe(200)
  })

  it('are refused for what is not there', async () => {
    expect((await change({ entity: 'team', id: 'nobody', action: 'delete' })).status).toBe(404)
    expect((await change({ entity: 'unicorn', id: 'x', action: 'delete' })).status).toBe(400)
    const [site] = await list('site')
    expect((await change({ entity: 'site', id: site!.id, action: 'rename' })).status).toBe(400)
    expect((await simulator.control('/configuration?org=other')).status).toBe(404)
  })
})
