import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGenerated } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'

describe('GET /search/v2/meta', () => {
  let simulator: StartedSimulator
  beforeAll(async () => {
    simulator = await startGenerated({ SIM_CLOCK_START: '2026-03-04T12:00:00Z', SIM_TASKS_PER_DAY: '10' })
  })
  afterAll(async () => simulator.stop())

  // oxlint-disable-next-line typescript/no-explicit-any
  const find = (fields: readonly any[], [name, ...rest]: readonly string[]): any => {
    const field = fields.find((one) => one.name === name)
    return rest.length === 0 ? field : find(field?.fields ?? [], rest)
  }

  it('describes the roots and what each field may be used for', async () => {
    const { status, body } = await simulator.api('/search/v2/meta')
    expect(status).toBe(200)
    expect(body.queries.map(({ name }: { name: string }) => name)).toEqual([
      'taskDetails',
      'task',
      'taskLegDetails',
      'agentSession',
    ])
    expect(find(body.queries, ['taskDetails', 'totalDuration'])).toMatchObject({
      type: { name: 'Long', kind: 'SCALAR' },
      sortable: true,
      fieldType: 'SUMMARY',
      filter: 'filter',
      groupBy: true,
      aggregation: { aggregationType: 'SUMMARY', operations: ['count', 'cardinality', 'sum', 'average', 'min', 'max'] },
    })
    expect(find(body.queries, ['taskDetails', 'activities', 'nodes', 'eventName'])).toMatchObject({
      sortable: false,
      fieldType: 'GRANULAR',
      filter: 'extFilter',
      aggregation: { aggregationType: 'GRANULAR', operations: ['count', 'cardinality'] },
    })
    expect(find(body.queries, ['taskDetails', 'id'])).toMatchObject({ fieldType: 'COMMON' })
    expect(find(body.queries, ['taskDetails', 'createdTime'])).not.toHaveProperty('filter')
    expect(find(body.queries, ['agentSession', 'channelInfo'])).toMatchObject({
      type: { kind: 'LIST', ofType: { kind: 'OBJECT' } },
    })
  })

  it('refuses another organization', async () => {
    const { body: token } = await simulator.token()
    const headers = { authorization: `Bearer ${token.access_token}`, 'x-organization-id': 'another' }
    expect((await simulator.call('/search/v2/meta', { headers })).status).toBe(403)
    expect((await simulator.call('/search/v2/meta')).status).toBe(401)
  })

  const folder = process.env['WEBEX_FIXTURES'] ?? ''
  if (folder === '') {
    console.warn('NOT SEEN: the published example of /search/v2/meta. WEBEX_FIXTURES names no folder.')
    it('NOT SEEN: the published example, since WEBEX_FIXTURES names no folder', () => {
      expect(process.env['REQUIRE_SAMPLES'], 'the samples were promised').not.toBe('1')
    })
    return
  }
  it('has the keys of the published example in WEBEX_FIXTURES', async () => {
    const published = JSON.parse(await readFile(join(folder, 'openapi--search-v2-meta.200.json'), 'utf8'))
    const [root] = published.queries
    const { body } = await simulator.api('/search/v2/meta')
    const ours = find(body.queries, [root.name])
    expect(Object.keys(ours).toSorted()).toEqual(Object.keys(root).toSorted())
    const [field] = root.fields
    const own = find(body.queries, [root.name, field.name])
    expect(Object.keys(own).toSorted()).toEqual(Object.keys(field).toSorted())
    expect(own.aggregation).toEqual(field.aggregation)
  })
})
