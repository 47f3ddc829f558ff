/** Published answers of the other endpoints: which request each belongs to, and whether the simulator's answer has the same shape. */
import { readdir, readFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { compareShapes, parseAnswer, shapeOf } from './shape.ts'
import type { Reply } from './judge.ts'
import type { Stand } from './stand.ts'

export interface EndpointRow {
  readonly name: string
  readonly status: number
  /** `subset`: what is there looks alike, but the published example shows more; examples put together for documentation show every member. */
  readonly shape: 'equal' | 'subset' | 'differs'
  readonly reason: string
}

const HOUR_MS = 3_600_000

/** Examples made from a schema without members name placeholders there. */
const PLACEHOLDERS: ReadonlySet<string> = new Set(['meta'])

type Request = (stand: Stand, match: readonly string[]) => Promise<Reply>

const get =
  (path: (stand: Stand, match: readonly string[]) => string): Request =>
  (stand, match) =>
    stand.call(path(stand, match))

/** Of a working day, when something is going on. */
const lastDay = ({ nowMs }: Stand) => `from=${nowMs - 23 * HOUR_MS}&to=${nowMs}`

async function firstIdOf(stand: Stand, entity: string): Promise<string> {
  const { text } = await stand.call(`/organization/${stand.orgId}/v2/${entity}`)
  return (JSON.parse(text) as { data: { id: string }[] }).data[0]?.id ?? 'none'
}

function subscription(stand: Stand, version: string) {
  return {
    name: 'Conformance',
    description: 'One of the samples',
    eventTypes: ['agent:login', 'agent:logout'],
    destinationUrl: 'https://receiver.example/events',
    secret: 'a secret of more than thirty-two letters',
    orgId: stand.orgId,
    ...(version === 'v2' ? { resourceVersion: 'agent:1.0.0' } : {}),
  }
}

async function recordedTasks(stand: Stand): Promise<readonly string[]> {
  const window = `from: ${stand.nowMs - 20 * 24 * HOUR_MS} to: ${stand.nowMs - 24 * HOUR_MS}`
  const query = `{ taskDetails(${window} filter: { captureRequested: { equals: true } }) { tasks { id } } }`
  const { text } = await stand.call('/search', { body: { query } })
  const { data } = JSON.parse(text) as { data?: { taskDetails: { tasks: { id: string }[] } } }
  return (data?.taskDetails.tasks ?? []).slice(0, 10).map(({ id }) => id)
}

const ENDPOINTS: readonly (readonly [file: RegExp, request: Request])[] = [
  [/config-(.+)-list\.200\.json$/, get(({ orgId }, [, entity]) => `/organization/${orgId}/v2/${entity}`)],
  [
    /config-(.+)-item\.200\.json$/,
    async (stand, [, entity = '']) =>
      stand.call(`/organization/${stand.orgId}/${entity}/${await firstIdOf(stand, entity)}`),
  ],
  [/config-error\.401\.json$/, async (stand) => stand.call(`/organization/${stand.orgId}/v2/user`, { token: false })],
  [/config-error\.404\.json$/, get(({ orgId }) => `/organization/${orgId}/user/00000000-0000-4000-8000-000000000000`)],
  [/people-me\.200\.json$/, get(() => '/v1/people/me')],
  [
    /people-list\.200\.json$/,
    async (stand) => {
      const { text } = await stand.call('/v1/people/me')
      const { emails } = JSON.parse(text) as { emails: string[] }
      return stand.call(`/v1/people?email=${encodeURIComponent(emails[0] ?? '')}`)
    },
  ],
  [/agents-activities\.200\.json$/, get((stand) => `/v1/agents/activities?${lastDay(stand)}`)],
  [
    /(agents|queues)-statistics\.200\.json$/,
    get((stand, [, kind]) => `/v1/${kind}/statistics?${lastDay(stand)}&interval=60`),
  ],
  [/tasks-list\.200\.json$/, get((stand) => `/v1/tasks?${lastDay(stand)}`)],
  [/tasks-list\.400\.json$/, get(() => '/v1/tasks')],
  [/(v[12])-event-types\.200\.json$/, get((_stand, [, version]) => `/${version}/event-types`)],
  [
    /(v[12])-subscriptions-create\.201\.json$/,
    (stand, [, version = 'v1']) => stand.call(`/${version}/subscriptions`, { body: subscription(stand, version) }),
  ],
  [
    /(v[12])-subscriptions-list\.200\.json$/,
    async (stand, [, version = 'v1']) => {
      await stand.call(`/${version}/subscriptions`, { body: { ...subscription(stand, version), name: 'For the list' } })
      return stand.call(`/${version}/subscriptions`)
    },
  ],
  [
    /captures-query\.200\.json$/,
    async (stand) =>
      stand.call('/v1/captures/query', {
        body: {
          query: { orgId: stand.orgId, urlExpiration: 30, taskIds: await recordedTasks(stand), includeSegments: false },
        },
      }),
  ],
  [/search-v2-meta\.200\.json$/, get(() => '/search/v2/meta')],
  [/oauth--token.*\.json$/, (stand) => stand.refresh()],
]

/** Answers of the folder that belong to a known request, each asked for. */
export async function compareEndpoints(folder: string, stand: Stand): Promise<readonly EndpointRow[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const rows: EndpointRow[] = []
  for (const file of files.toSorted()) {
    for (const [pattern, request] of ENDPOINTS) {
      const match = pattern.exec(basename(file))
      if (match === null) continue
      const { status, text } = await request(stand, match)
      const published = shapeOf([parseAnswer(await readFile(file, 'utf8'))])
      const ours = shapeOf([text === '' ? null : parseAnswer(text)])
      const differences = compareShapes(ours, published, PLACEHOLDERS).filter(
        (text) => !text.includes('additionalProp'),
      )
      const isSubset = status < 300 && differences.every((text) => text.endsWith(': only in the published answer'))
      rows.push({
        name: relative(folder, file),
        status,
        shape: differences.length === 0 ? 'equal' : isSubset ? 'subset' : 'differs',
        reason: differences.slice(0, 8).join('; '),
      })
    }
  }
  return rows
}
