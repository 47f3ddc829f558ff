import { agentStatusId, dimensionId } from '@wxcc/contracts/dimension-id'
import type { AgentAddress, ConfiguredMember, ConfiguredMembers } from '@wxcc/db/journey/configured-members'
import type { ConfigurationEntity, ConfigurationItem } from '@wxcc/webex/configuration'

/** What the configuration API lists of one source. */
export type Configuration = { readonly [E in ConfigurationEntity]: readonly ConfigurationItem<E>[] }

/** The configuration's spelling of channels (webex-cc-api §6.2) in the journey's words. */
const CHANNELS: Readonly<Record<string, string>> = {
  TELEPHONY: 'Voice',
  EMAIL: 'Email',
  CHAT: 'Chat',
  SOCIAL_CHANNEL: 'Chat',
  VIDEO: 'Video',
}

interface Item {
  readonly id: string
  readonly name?: string | null | undefined
  readonly active?: boolean | null | undefined
  readonly lastUpdatedTime?: number | null | undefined
}

/** Turns configuration into rows of dimensions; ids are the mapper's for the same source ids. Empty names count as unknown. */
export function toDimensionRows(sourceKey: string, configuration: Configuration): ConfiguredMembers {
  const idOf = (kind: Parameters<typeof dimensionId>[1], sourceId: string | null | undefined): string | null =>
    known(sourceId) === null ? null : dimensionId(sourceKey, kind, sourceId!)
  const member = (kind: Parameters<typeof dimensionId>[1], item: Item): ConfiguredMember => ({
    id: dimensionId(sourceKey, kind, item.id),
    sourceId: item.id,
    name: known(item.name),
    changedAtMs: item.lastUpdatedTime ?? null,
    isActive: item.active !== false,
  })
  const codes = configuration['auxiliary-code']
  return {
    agents: configuration.user.map((user) => ({
      ...member('agent', {
        ...user,
        name: [known(user.firstName), known(user.lastName)].filter((part) => part !== null).join(' '),
      }),
      login: known(user.email),
      // An agent of several teams works for each of them; only a single one may stand for the agent.
      teamId: user.teamIds?.length === 1 ? idOf('team', user.teamIds[0]) : null,
      siteId: idOf('site', user.siteId),
      status: user.active === false ? 'Inactive' : 'Active',
    })),
    addresses: configuration.user.flatMap((user) => addressesOf(dimensionId(sourceKey, 'agent', user.id), user)),
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
      .map((code) => ({ ...member('agent_status', code), id: agentStatusId(sourceKey, 'idle', code.id) })),
  }
}

function addressesOf(agentId: string, user: ConfigurationItem<'user'>): AgentAddress[] {
  const given = [
    ['id', user.id],
    ['email', known(user.email)],
    ['phone', known(user.deafultDialledNumber)],
    ['phone', known(user.workPhone)],
  ] as const
  return given.flatMap(([kind, address]) => (address === null ? [] : [{ agentId, kind, address }]))
}

function known(text: string | null | undefined): string | null {
  return text == null || text.trim() === '' ? null : text
}

function channelOf(channelType: string | null | undefined): string | null {
  return channelType == null ? null : (CHANNELS[channelType] ?? 'Task')
}
