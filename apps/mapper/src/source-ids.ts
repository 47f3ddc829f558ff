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

export function sourceIds(dataSourceKey: string): SourceIds {
  return {
    agent: (type, id) => dimensionId(dataSourceKey, agentKind(type), id),
    queue: (id) => dimensionId(dataSourceKey, 'queue', id),
    team: (id) => dimensionId(dataSourceKey, 'team', id),
    site: (id) => dimensionId(dataSourceKey, 'site', id),
    entryPoint: (id) => dimensionId(dataSourceKey, 'entry_point', id),
    outcome: (id) => dimensionId(dataSourceKey, 'outcome', id),
    agentStatus: (state, idleCodeId) => agentStatusId(dataSourceKey, state, idleCodeId),
    session: (id) => rowId(dataSourceKey, 'agent_session', id),
    stateInterval: (id) => rowId(dataSourceKey, 'agent_state_interval', id),
    activity: (agentId, statusId, atMs) => activityId(dataSourceKey, agentId, statusId, atMs),
  }
}
