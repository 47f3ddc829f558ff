import { agentStatusId, dimensionId, type DimensionKind } from '@wxcc/contracts/dimension-id'
import { agentKind } from '@wxcc/contracts/journey-id'
import type { ConfiguredMembers } from '@wxcc/db/journey/configured-members'
import type { SeenDimensions, SeenMember, SeenStatus } from '@wxcc/db/journey/dimensions'
import type { Line, LineOf } from './line.ts'

/** Ids of one imported source's members, as everywhere: of source key, kind and the vendor's id. */
export function memberId(sourceKey: string, kind: DimensionKind, id: string): string {
  return dimensionId(sourceKey, kind, id)
}

export function optionalId(sourceKey: string, kind: DimensionKind, id: string | null | undefined): string | null {
  return id == null ? null : dimensionId(sourceKey, kind, id)
}

type MemberLine = LineOf<'agent' | 'queue' | 'team' | 'site' | 'entry_point' | 'outcome'>

/** What the file says about members: it knows better than rows that mention them. */
export function configuredMembers(sourceKey: string, lines: readonly Line[]): ConfiguredMembers {
  const of = <T extends MemberLine['type']>(type: T) => lines.filter((line): line is LineOf<T> => line.type === type)
  const member = (line: MemberLine) => ({
    id: memberId(sourceKey, line.type, line.id),
    sourceId: line.id,
    name: line.name ?? null,
    changedAtMs: null,
    isActive: line.is_active,
  })
  return {
    agents: of('agent').map((line) => ({
      ...member(line),
      login: line.login ?? null,
      teamId: optionalId(sourceKey, 'team', line.team_id),
      siteId: optionalId(sourceKey, 'site', line.site_id),
      status: line.is_active ? 'Active' : 'Inactive',
    })),
    addresses: [],
    queues: of('queue').map((line) => ({
      ...member(line),
      channelType: line.channel_type ?? null,
      serviceLevelMs: line.service_level_ms ?? null,
    })),
    teams: of('team').map((line) => ({ ...member(line), siteId: optionalId(sourceKey, 'site', line.site_id) })),
    sites: of('site').map((line) => ({ ...member(line), timeZone: line.time_zone ?? null })),
    entryPoints: of('entry_point').map((line) => ({ ...member(line), channelType: line.channel_type ?? null })),
    outcomes: of('outcome').map(member),
    idleCodes: [],
  }
}

export function statusRows(sourceKey: string, lines: readonly Line[]): SeenStatus[] {
  return lines
    .filter((line) => line.type === 'agent_status')
    .map((line) => ({
      id: agentStatusId(sourceKey, line.id, ''),
      sourceState: line.id,
      idleCodeId: '',
      name: line.name,
      stateGroup: line.state_group,
      availability: line.availability,
      isUnknown: false,
    }))
}

/** Everything that rows point at, so that no fact points nowhere. */
export function mentionedMembers(sourceKey: string, lines: readonly Line[]): SeenDimensions {
  const seen = new Map<string, SeenMember & { readonly kind: DimensionKind; readonly agentType: AgentType }>()
  const see = (kind: DimensionKind, id: string | null | undefined, agentType: AgentType = 'User') => {
    if (id == null) return
    const uuid = memberId(sourceKey, kind, id)
    seen.set(uuid, { id: uuid, sourceId: id, names: [], kind, agentType })
  }
  for (const line of lines) {
    const { agent_id, queue_id, first_queue_id, last_queue_id, team_id, site_id, entry_point_id, outcome_id } =
      line as Readonly<Partial<Record<Reference, string | null>>>
    const agentType = line.type === 'engagement' ? line.agent_type : 'User'
    see(agentKind(agentType), agent_id, agentType)
    for (const queue of [queue_id, first_queue_id, last_queue_id]) see('queue', queue)
    see('team', team_id)
    see('site', site_id)
    see('entry_point', entry_point_id)
    see('outcome', outcome_id)
  }
  const all = [...seen.values()]
  const of = (kind: DimensionKind) => all.filter((member) => member.kind === kind)
  return {
    agents: all.filter((member) => member.kind.startsWith('agent')).map((member) => ({ ...member, logins: [] })),
    queues: of('queue'),
    teams: of('team'),
    sites: of('site'),
    entryPoints: of('entry_point'),
    outcomes: of('outcome'),
  }
}

type AgentType = LineOf<'engagement'>['agent_type']
type Reference =
  | 'agent_id'
  | 'queue_id'
  | 'first_queue_id'
  | 'last_queue_id'
  | 'team_id'
  | 'site_id'
  | 'entry_point_id'
  | 'outcome_id'
