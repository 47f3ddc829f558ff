import { z } from 'zod'
import type { WebexClient } from './client.ts'
import { failureOfEnvelope, malformed } from './failures.ts'

/** Lists of the configuration API we read (webex-cc-api §6.1). */
export type ConfigurationEntity = 'user' | 'team' | 'contact-service-queue' | 'entry-point' | 'site' | 'auxiliary-code'

export interface ConfigurationPage<Item> {
  readonly items: readonly Item[]
  /** Number of the next page; null on the last one. Pages count from 0. */
  readonly nextPage: number | null
  /** How many items the whole list has; null when the vendor does not say. */
  readonly totalRecords: number | null
}

const text = z.string().nullish()
/** Every object says when it was last changed, epoch ms. */
const object = { id: z.string().min(1), active: z.boolean().nullish(), lastUpdatedTime: z.number().nullish() }
const named = { ...object, name: text }

/** Members we keep of each entity (§6.2). Everything but the id may be missing; what else the vendor sends is dropped. */
const ENTITIES = {
  user: z.object({
    ...object,
    firstName: text,
    lastName: text,
    email: text,
    siteId: text,
    teamIds: z.array(z.string()).nullish(),
    /** The vendor's spelling. */
    deafultDialledNumber: text,
    workPhone: text,
  }),
  team: z.object({ ...named, siteId: text }),
  'contact-service-queue': z.object({ ...named, channelType: text, serviceLevelThreshold: z.number().nullish() }),
  'entry-point': z.object({ ...named, channelType: text }),
  site: z.object({ ...named, timezone: text }),
  'auxiliary-code': z.object({ ...named, workTypeCode: text }),
} as const satisfies Record<ConfigurationEntity, z.ZodType>

export type ConfigurationItem<E extends ConfigurationEntity> = z.infer<(typeof ENTITIES)[E]>

/** What the vendor serves at most (§6.1). */
const PAGE_SIZE = 100

/** One page of `GET /organization/{orgId}/v2/{entity}`, at most 100 items. Deleted objects are not listed: absence means nothing else. */
export async function configurationPage<E extends ConfigurationEntity>(
  client: WebexClient,
  entity: E,
  page: number,
): Promise<ConfigurationPage<ConfigurationItem<E>>> {
  const answer = await client.call({
    endpoint: 'configuration',
    method: 'GET',
    path: `/organization/${encodeURIComponent(client.orgId)}/v2/${entity}?page=${page}&pageSize=${PAGE_SIZE}`,
  })
  const failure = failureOfEnvelope(answer.json)
  if (failure !== undefined) throw failure
  const envelope = z.object({
    meta: z.object({ totalPages: z.number().int(), totalRecords: z.number().int().nullish() }),
    data: z.array(ENTITIES[entity]),
  })
  const parsed = envelope.safeParse(answer.json)
  if (!parsed.success)
    throw malformed(`${entity}: ${parsed.error.issues[0]?.path.filter((part) => typeof part === 'string').join('.')}`)
  const { data, meta } = parsed.data
  return {
    items: data,
    nextPage: page + 1 < meta.totalPages ? page + 1 : null,
    totalRecords: meta.totalRecords ?? null,
  }
}
