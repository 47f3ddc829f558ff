import type { Outcome } from '@wxcc/contracts/outcome'
import { type Claim, finishFetch } from '@wxcc/db/fetch-claim'
import { type ConfigurationEntity, type ConfigurationItem, configurationPage } from '@wxcc/webex/configuration'
import type { WebexClient } from '@wxcc/webex/client'
import { toDimensionRows } from './dimension-rows.ts'
import type { FetchWork } from './fetch-work.ts'
import { storeDimensions } from './store-dimensions.ts'

/** Names of agents, teams, queues, sites, entry points and codes, read whole and written in the transaction that ends the fetch. */
export async function loadConfiguration(claim: Claim, work: FetchWork): Promise<Outcome> {
  const { client } = work
  const configuration = {
    user: await listAll(client, 'user'),
    team: await listAll(client, 'team'),
    'contact-service-queue': await listAll(client, 'contact-service-queue'),
    'entry-point': await listAll(client, 'entry-point'),
    site: await listAll(client, 'site'),
    'auxiliary-code': await listAll(client, 'auxiliary-code'),
  }
  const rows = toDimensionRows(work.source.key, configuration)
  const nowMs = await work.now()
  await work.db.transaction().execute(async (tx) => {
    await finishFetch(tx, { claim, to: 'done', nowMs, requests: work.requests() })
    await storeDimensions(tx, claim.dataSourceId, rows)
  })
  return { kind: 'done', counts: Object.fromEntries(Object.entries(rows).map(([name, list]) => [name, list.length])) }
}

async function listAll<E extends ConfigurationEntity>(client: WebexClient, entity: E): Promise<ConfigurationItem<E>[]> {
  const items: ConfigurationItem<E>[] = []
  for (let page: number | null = 0; page !== null;) {
    const listed: Awaited<ReturnType<typeof configurationPage<E>>> = await configurationPage(client, entity, page)
    items.push(...listed.items)
    page = listed.nextPage
  }
  return items
}
