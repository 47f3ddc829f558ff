export { activityId, agentKind, type AgentType, conversationId, engagementId, turnId } from '@wxcc/contracts/journey-id'
