import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { grantTokens } from '@wxcc/webex/access-token'
import { type WebexClient, createWebexClient } from '@wxcc/webex/client'
import * as search from '@wxcc/webex/search'
import type { SearchPage } from '@wxcc/webex/search-page'
import { createLogger } from '@wxcc/telemetry/log'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Stretch } from './stretches.ts'

interface Access {
  readonly apiUrl: string
  readonly orgId: string
  readonly clientId: string
  readonly clientSecret: string
  readonly refreshToken: string
}

/**
 * The loader one would write in an afternoon: ask for every page, parse it, COPY its records into one table. No ledger, no counts, no rules, nothing
 * that survives a crash. Returns how many requests it sent.
 */
export async function loadStraight(options: {
  readonly access: Access
  readonly databaseUrl: string
  readonly stretches: readonly Stretch[]
  /** Stretches at a time, each with a connection of its own. */
  readonly concurrency: number
}): Promise<number> {
  const { access, databaseUrl, concurrency } = options
  let requests = 0
  const client = await connect(access, () => void requests++)
  const admin = new pg.Client(databaseUrl)
  await admin.connect()
  await admin.query('create table public.straight_line (kind text, record jsonb)')
  await admin.end()
  const waiting = [...options.stretches]
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      const database = new pg.Client(databaseUrl)
      await database.connect()
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        await loadStretch(client, database, next)
      await database.end()
    }),
  )
  return requests
}

async function connect(access: Access, onRequest: () => void): Promise<WebexClient> {
  const { accessToken } = await grantTokens(`${access.apiUrl}/v1/access_token`, Date.now(), {
    grant_type: 'refresh_token',
    client_id: access.clientId,
    client_secret: access.clientSecret,
    refresh_token: access.refreshToken,
  })
  return createWebexClient({
    apiUrl: access.apiUrl,
    orgId: access.orgId,
    token: { get: async () => accessToken, replace: async () => accessToken },
    lane: 'history',
    acquire: async () => {},
    log: createLogger('straight-line', { level: 'error' }),
    onRequest,
  })
}

async function loadStretch(client: WebexClient, database: pg.Client, { stream, fromMs, toMs }: Stretch): Promise<void> {
  const [heads, bodies] =
    stream === 'task' ? ([search.csrPage, search.carPage] as const) : ([search.asrPage, search.aarPage] as const)
  const range = { fromMs, toMs }
  const times = new Map<string, number>()
  for await (const page of pagesOf((cursor) => heads(client, { ...range, cursor }))) {
    for (const head of page.records as readonly Head[])
      times.set(head.id ?? head.agentSessionId!, head.createdTime ?? head.startTime!)
    await copy(database, page)
  }
  for await (const page of pagesOf((cursor) => bodies(client, { ...range, cursor }))) {
    await copy(database, page)
    for (const { id, of, activities } of listsOn(page)) {
      const timeMs = times.get(of)!
      let after = activities?.pageInfo.hasNextPage === true ? (activities.pageInfo.endCursor ?? null) : null
      while (after !== null) {
        const slot = { fromMs: timeMs - 1, toMs: timeMs + 1, after }
        const more: SearchPage<object> =
          stream === 'task'
            ? await search.carsOfTask(client, { ...slot, taskId: id })
            : await search.aarsOfChannel(client, { ...slot, channelId: id })
        await copy(database, more)
        const info = listsOn(more).find((one) => one.id === id)?.activities?.pageInfo
        after = info?.hasNextPage === true && info.endCursor !== after ? (info.endCursor ?? null) : null
      }
    }
  }
}

async function* pagesOf(ask: (cursor: string | null) => Promise<SearchPage<object>>) {
  let cursor: string | null = null
  do {
    const page: SearchPage<object> = await ask(cursor)
    yield page
    cursor = page.endCursor
  } while (cursor !== null)
}

interface List {
  readonly pageInfo: { readonly hasNextPage?: boolean | null; readonly endCursor?: string | null }
}
interface Head {
  readonly id?: string
  readonly createdTime?: number
  readonly agentSessionId?: string
  readonly startTime?: number
}
interface Body extends Head {
  readonly activities?: List | null
  readonly channelInfo?: readonly { readonly channelId: string; readonly activities?: List | null }[] | null
}

/** The nested lists of a page: of a task, or of each channel of a session (`of`). */
function listsOn(page: SearchPage<object>): { id: string; of: string; activities: List | null }[] {
  return (page.records as readonly Body[]).flatMap(({ id, agentSessionId, activities = null, channelInfo }) =>
    agentSessionId === undefined
      ? [{ id: id!, of: id!, activities }]
      : (channelInfo ?? []).map((one) => ({
          id: one.channelId,
          of: agentSessionId,
          activities: one.activities ?? null,
        })),
  )
}

/** Every record of an answer as one line of text. */
async function copy(database: pg.Client, page: SearchPage<object>): Promise<void> {
  const answer = JSON.parse(page.body.toString('utf8')) as { readonly data: Record<string, Record<string, unknown>> }
  const [root, list] = Object.entries(answer.data)[0]!
  const records = Object.values(list).find(Array.isArray) as readonly unknown[]
  const lines = records.map((record) => `${root}\t${JSON.stringify(record).replaceAll('\\', '\\\\')}\n`)
  await pipeline(lines, database.query(copyFrom('copy public.straight_line from stdin')) as Writable)
}
