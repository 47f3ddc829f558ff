import { agentStatusId, dimensionId, rowId } from '@wxcc/contracts/dimension-id'
import { activityId, agentKind, type AgentType } from './rules/ids.ts'

export type { AgentType } from './rules/ids.ts'

/** Our ids for the vendor's, within one data source. */
export interface SourceIds {
  readonly agent: (type: AgentType, sourceId: string) => string
  readonly queue: (sourceId: string) => string
  readonly team: (sourceId: string) => string
  readonly site: (sourceId: string) => string
  readonly entryPoint: (sourceId: string) => string
  readonly outcome: (sourceId: string) => string
  readonly agentStatus: (state: string, idleCodeId: string) => string
  readonly session: (sourceId: string) => string
  readonly stateInterval: (sourceId: string) => string
  readonly activity: (agentId: string, statusId: string, intervalTimeMs: number) => string
}

const bySource = new Map<string, SourceIds>()

/** The members of a contact centre are few and met on every record, so their ids are derived once per process. */
export function sourceIds(dataSourceKey: string): SourceIds {
  const known = bySource.get(dataSourceKey)
  if (known !== undefined) return known
  const of = (kind: Parameters<typeof dimensionId>[1]) => remembered((id) => dimensionId(dataSourceKey, kind, id))
  const agents: Record<AgentType, (sourceId: string) => string> = {
    User: of(agentKind('User')),
    Menu: of(agentKind('Menu')),
    Bot: of(agentKind('Bot')),
    External: of(agentKind('External')),
  }
  const ids: SourceIds = {
    agent: (type, id) => agents[type](id),
    queue: of('queue'),
    team: of('team'),
    site: of('site'),
    entryPoint: of('entry_point'),
    outcome: of('outcome'),
    agentStatus: (state, idleCodeId) => agentStatusId(dataSourceKey, state, idleCodeId),
    session: (id) => rowId(dataSourceKey, 'agent_session', id),
    stateInterval: (id) => rowId(dataSourceKey, 'agent_state_interval', id),
    activity: (agentId, statusId, atMs) => activityId(dataSourceKey, agentId, statusId, atMs),
  }
  bySource.set(dataSourceKey, ids)
  return ids
}

/** More than any centre has members of one kind; records are not trusted to keep to it. */
const REMEMBERED = 20_000

function remembered(idOf: (sourceId: string) => string): (sourceId: string) => string {
  const known = new Map<string, string>()
  return (sourceId) => {
    const held = known.get(sourceId)
    if (held !== undefined) return held
    const id = idOf(sourceId)
    if (known.size >= REMEMBERED) known.clear()
    known.set(sourceId, id)
    return id
  }
}
