import { z } from 'zod'
import { faultOfDestination } from './destination-url.ts'
import { EVENT_TYPES, RESOURCE_VERSIONS } from './event-types.ts'
import type { ApiVersion } from './event-types.ts'

const textBetween = (name: string, least: number, most: number) =>
  z
    .string(`${name} must be text.`)
    .min(least, `${name} must have ${least} to ${most} characters.`)
    .max(most, `${name} must have ${least} to ${most} characters.`)

/** Members a subscription is made of, as they are sent (webex-cc-api §5.3). */
function bodySchema(version: ApiVersion, mayBeLocal: boolean) {
  const known = new Set(EVENT_TYPES[version].map(({ name }) => name))
  return z.object({
    name: textBetween('name', 4, 64),
    description: z
      .string('description must be text.')
      .max(1024, 'description must not exceed 1024 characters.')
      .nullish(),
    eventTypes: z
      .array(z.string(), 'eventTypes must be a list.')
      .min(1, 'eventTypes must have 1 to 32 elements.')
      .max(32, 'eventTypes must have 1 to 32 elements.')
      .refine((names) => new Set(names).size === names.length, 'eventTypes must not repeat.')
      .refine(
        (names) => names.every((name) => known.has(name)),
        `eventTypes has a name that ${version} does not know.`,
      ),
    destinationUrl: z.string('destinationUrl must be text.').superRefine((url, context) => {
      const fault = faultOfDestination(url, mayBeLocal)
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
    }),
    secret: textBetween('secret', 32, 256).nullish(),
    orgId: z.string('orgId must be text.').nullish(),
    status: z.enum(['active', 'inactive'], 'status must be active or inactive.').optional(),
    resourceVersion: z.string('resourceVersion must be text.').nullish(),
  })
}

export type SubscriptionBody = z.infer<ReturnType<typeof bodySchema>>
export type SubscriptionPatch = {
  readonly [Member in keyof SubscriptionBody]?: SubscriptionBody[Member] | undefined
}

export interface ReadBody<Body> {
  readonly body?: Body
  /** Why it is refused; empty when it is not. */
  readonly faults: readonly string[]
}

/** A new subscription. */
export function readSubscription(version: ApiVersion, json: unknown, mayBeLocal: boolean): ReadBody<SubscriptionBody> {
  const parsed = bodySchema(version, mayBeLocal).safeParse(json)
  if (!parsed.success) return { faults: parsed.error.issues.map((issue) => issue.message) }
  const faults = version === 'v2' ? faultsOfResource(parsed.data.eventTypes, parsed.data.resourceVersion) : []
  return { body: parsed.data, faults }
}

/** Changes to one; members left out stay. */
export function readPatch(version: ApiVersion, json: unknown, mayBeLocal: boolean): ReadBody<SubscriptionPatch> {
  const parsed = bodySchema(version, mayBeLocal).partial().safeParse(json)
  if (!parsed.success) return { faults: parsed.error.issues.map((issue) => issue.message) }
  return { body: parsed.data, faults: [] }
}

/** A subscription of v2 listens to one resource in one version (§5.3). */
export function faultsOfResource(
  eventTypes: readonly string[],
  resourceVersion: string | null | undefined,
): readonly string[] {
  if (resourceVersion === null || resourceVersion === undefined) return ['resourceVersion is required.']
  const known = RESOURCE_VERSIONS.map(({ resource, version }) => `${resource}:${version}`)
  if (!known.includes(resourceVersion)) return [`resourceVersion must be one of ${known.join(', ')}.`]
  const [resource = ''] = resourceVersion.split(':')
  const isOne = eventTypes.every((name) => name.startsWith(`${resource}:`))
  return isOne ? [] : ['eventTypes must all belong to the resource of resourceVersion.']
}
