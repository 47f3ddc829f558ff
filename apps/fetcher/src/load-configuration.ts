import type { Outcome } from '@wxcc/contracts/outcome'
import { type Claim, finishFetch } from '@wxcc/db/fetch-claim'
import { type ConfiguredList, storeConfiguredMembers } from '@wxcc/db/journey/configured-members'
import { type ConfigurationEntity, type ConfigurationItem, configurationPage } from '@wxcc/webex/configuration'
import type { WebexClient } from '@wxcc/webex/client'
import { toDimensionRows } from './dimension-rows.ts'
import type { FetchWork } from './fetch-work.ts'

/**
 * Names of agents, teams, queues, sites, entry points and codes, read whole and written in the transaction that ends the fetch. What a complete list no
 * longer has was deleted at the vendor.
 */
export async function loadConfiguration(claim: Claim, work: FetchWork): Promise<Outcome> {
  const { client } = work
  const lists = {
    user: await listAll(client, 'user'),
    team: await listAll(client, 'team'),
    'contact-service-queue': await listAll(client, 'contact-service-queue'),
    'entry-point': await listAll(client, 'entry-point'),
    site: await listAll(client, 'site'),
    'auxiliary-code': await listAll(client, 'auxiliary-code'),
  }
  const rows = toDimensionRows(work.source.key, {
    user: lists.user.items,
    team: lists.team.items,
    'contact-service-queue': lists['contact-service-queue'].items,
    'entry-point': lists['entry-point'].items,
    site: lists.site.items,
    'auxiliary-code': lists['auxiliary-code'].items,
  })
  const isWhole = (list: ConfiguredList) => lists[ENTITY_OF[list]].isWhole
  const nowMs = await work.now()
  await work.db.transaction().execute(async (tx) => {
    await finishFetch(tx, { claim, to: 'done', nowMs, requests: work.requests() })
    await storeConfiguredMembers(tx, claim.dataSourceId, rows, { nowMs, isWhole })
  })
  return { kind: 'done', counts: Object.fromEntries(Object.entries(rows).map(([name, list]) => [name, list.length])) }
}

/** The list that each dimension is read from. */
const ENTITY_OF = {
  agents: 'user',
  teams: 'team',
  queues: 'contact-service-queue',
  entryPoints: 'entry-point',
  sites: 'site',
  outcomes: 'auxiliary-code',
  idleCodes: 'auxiliary-code',
} as const satisfies Record<ConfiguredList, ConfigurationEntity>

interface WholeList<E extends ConfigurationEntity> {
  readonly items: readonly ConfigurationItem<E>[]
  readonly isWhole: boolean
}

/** Whether every item is here: pages move while they are read, and an empty list is rather a lost right than an empty centre. */
export function isWholeList(items: readonly unknown[], totalRecords: number | null): boolean {
  return items.length > 0 && items.length === totalRecords
}

async function listAll<E extends ConfigurationEntity>(client: WebexClient, entity: E): Promise<WholeList<E>> {
  const byId = new Map<string, ConfigurationItem<E>>()
  let totalRecords: number | null = null
  for (let page: number | null = 0; page !== null;) {
    const listed: Awaited<ReturnType<typeof configurationPage<E>>> = await configurationPage(client, entity, page)
    for (const item of listed.items) byId.set(item.id, item)
    totalRecords = listed.totalRecords
    page = listed.nextPage
  }
  const items = [...byId.values()]
  return { items, isWhole: isWholeList(items, totalRecords) }
}
