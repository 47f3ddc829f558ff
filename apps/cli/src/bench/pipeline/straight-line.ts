import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Database } from '@wxcc/db/connect'
import { grantTokens } from '@wxcc/webex/access-token'
import { type WebexClient, createWebexClient } from '@wxcc/webex/client'
import * as search from '@wxcc/webex/search'
import type { SearchPage } from '@wxcc/webex/search-page'
import { createLogger } from '@wxcc/telemetry/log'
import { sql } from 'kysely'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

/** A fetch of the pipeline, as far as another loader would make the same. */
export interface Stretch {
  readonly stream: 'task' | 'agent_session'
  readonly fromMs: number
  readonly toMs: number
}

/** What the pipeline fetched, in its order. */
export async function listStretches(db: Database): Promise<Stretch[]> {
  const { rows } = await sql<Stretch>`
    select stream, (extract(epoch from range_start) * 1000)::bigint as "fromMs", (extract(epoch from range_end) * 1000)::bigint as "toMs"
    from etl.fetch where kind = 'span' and reason <> 'change' and state = 'mapped' order by started_at`.execute(db)
  return rows
}

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
  for await (const page of pagesOf((cursor) => heads(client, { ...range, cursor }))) await copy(database, page)
  for await (const page of pagesOf((cursor) => bodies(client, { ...range, cursor }))) {
    await copy(database, page)
    for (const { id, activities } of listsOn(page)) {
      let after = activities?.pageInfo.hasNextPage === true ? (activities.pageInfo.endCursor ?? null) : null
      while (after !== null) {
        const slot = { ...range, after }
        const more: SearchPage<object> =
          stream === 'task'
            ? await search.carsOfTask(client, { ...slot, taskId: id })
            : await search.aarsOfChannel(client, { ...slot, channelId: id })
        await copy(database, more)
        const list = listsOn(more).find((one) => one.id === id)?.activities
        after =
          list?.pageInfo.hasNextPage === true && list.pageInfo.endCursor !== after
            ? (list.pageInfo.endCursor ?? null)
            : null
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
  readonly pageInfo: {
    readonly hasNextPage?: boolean | null | undefined
    readonly endCursor?: string | null | undefined
  }
}

/** The nested lists of a page: of a task, or of each channel of a session. */
function listsOn(page: SearchPage<object>): { readonly id: string; readonly activities?: List | null }[] {
  type Task = { readonly id: string; readonly activities?: List | null }
  type Session = {
    readonly channelInfo?: readonly { readonly channelId: string; readonly activities?: List | null }[] | null
  }
  return (page.records as readonly (Task & Session)[]).flatMap(({ id, activities = null, channelInfo }) =>
    channelInfo === undefined
      ? [{ id, activities }]
      : (channelInfo ?? []).map((one) => ({ id: one.channelId, activities: one.activities ?? null })),
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
