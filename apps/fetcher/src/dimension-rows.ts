import { agentStatusId, dimensionId } from '@wxcc/contracts/dimension-id'
import type { ConfigurationEntity, ConfigurationItem } from '@wxcc/webex/configuration'

/** What the configuration API lists of one source. */
export type Configuration = { readonly [E in ConfigurationEntity]: readonly ConfigurationItem<E>[] }

interface Member {
  readonly id: string
  readonly sourceId: string
  readonly name: string | null
}

export interface DimensionRows {
  readonly agents: readonly (Member & {
    readonly login: string | null
    readonly teamId: string | null
    readonly siteId: string | null
    readonly status: 'Active' | 'Inactive'
  })[]
  readonly queues: readonly (Member & { readonly channelType: string | null; readonly serviceLevelMs: number | null })[]
  readonly teams: readonly (Member & { readonly siteId: string | null })[]
  readonly sites: readonly (Member & { readonly timeZone: string | null })[]
  readonly entryPoints: readonly (Member & { readonly channelType: string | null })[]
  readonly outcomes: readonly Member[]
  /** Idle codes: statuses of the state `idle`. */
  readonly idleCodes: readonly Member[]
}

/** The configuration's spelling of channels (webex-cc-api §6.2) in the journey's words. */
const CHANNELS: Readonly<Record<string, string>> = {
  TELEPHONY: 'Voice',
  EMAIL: 'Email',
  CHAT: 'Chat',
  SOCIAL_CHANNEL: 'Chat',
  VIDEO: 'Video',
}

/** Turns configuration into rows of dimensions; ids are the mapper's for the same source ids. Empty names count as unknown. */
export function toDimensionRows(sourceKey: string, configuration: Configuration): DimensionRows {
  const idOf = (kind: Parameters<typeof dimensionId>[1], sourceId: string | null | undefined): string | null =>
    known(sourceId) === null ? null : dimensionId(sourceKey, kind, sourceId!)
  const member = (
    kind: Parameters<typeof dimensionId>[1],
    item: { id: string; name?: string | null | undefined },
  ): Member => ({
    id: dimensionId(sourceKey, kind, item.id),
    sourceId: item.id,
    name: known(item.name),
  })
  const codes = configuration['auxiliary-code']
  return {
    agents: configuration.user.map((user) => ({
      ...member('agent', {
        id: user.id,
        name: [known(user.firstName), known(user.lastName)].filter((part) => part !== null).join(' '),
      }),
      login: known(user.email),
      // An agent of several teams works for each of them; only a single one may stand for the agent.
      teamId: user.teamIds?.length === 1 ? idOf('team', user.teamIds[0]) : null,
      siteId: idOf('site', user.siteId),
      status: user.active === false ? 'Inactive' : 'Active',
    })),
    queues: configuration['contact-service-queue'].map((queue) => ({
      ...member('queue', queue),
      channelType: channelOf(queue.channelType),
      serviceLevelMs: queue.serviceLevelThreshold == null ? null : queue.serviceLevelThreshold * 1_000,
    })),
    teams: configuration.team.map((team) => ({ ...member('team', team), siteId: idOf('site', team.siteId) })),
    sites: configuration.site.map((site) => ({ ...member('site', site), timeZone: known(site.timezone) })),
    entryPoints: configuration['entry-point'].map((entry) => ({
      ...member('entry_point', entry),
      channelType: channelOf(entry.channelType),
    })),
    outcomes: codes.filter((code) => code.workTypeCode === 'WRAP_UP_CODE').map((code) => member('outcome', code)),
    idleCodes: codes
      .filter((code) => code.workTypeCode === 'IDLE_CODE')
      .map((code) => ({ id: agentStatusId(sourceKey, 'idle', code.id), sourceId: code.id, name: known(code.name) })),
  }
}

function known(text: string | null | undefined): string | null {
  return text == null || text.trim() === '' ? null : text
}

function channelOf(channelType: string | null | undefined): string | null {
  return channelType == null ? null : (CHANNELS[channelType] ?? 'Task')
}
