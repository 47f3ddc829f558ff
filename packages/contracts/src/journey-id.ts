import { rowId, type DimensionKind } from './dimension-id.ts'

export type AgentType = 'User' | 'Menu' | 'Bot' | 'External'

const AGENT_KINDS: Record<AgentType, DimensionKind> = {
  User: 'agent',
  Menu: 'agent_menu',
  Bot: 'agent_bot',
  External: 'agent_external',
}

/** Kind of the dimension row of an agent of a type. */
export function agentKind(type: AgentType): DimensionKind {
  return AGENT_KINDS[type]
}

export function conversationId(dataSourceKey: string, taskId: string): string {
  return rowId(dataSourceKey, 'conversation', taskId)
}

/** The type is part of the id: one CAR may open a Queue and an Agent row. */
export function engagementId(dataSourceKey: string, engagementType: string, anchorRecordId: string): string {
  return rowId(dataSourceKey, `engagement/${engagementType}`, anchorRecordId)
}

export function turnId(dataSourceKey: string, sourceRecordId: string): string {
  return rowId(dataSourceKey, 'turn', sourceRecordId)
}

export function activityId(dataSourceKey: string, agentId: string, statusId: string, intervalTimeMs: number): string {
  return rowId(dataSourceKey, 'activity', `${agentId}/${statusId}/${intervalTimeMs}`)
}
