import { attachTurn, type EngagementSpan } from '../rules/turns/attach-turn.ts'
import type { TurnFacts } from '../rules/turns/turn-facts.ts'

/** Where a turn belongs: its engagement, and the agent who took the turn, if one did. */
export function placeTurn(
  turn: Pick<TurnFacts, 'participant' | 'turn_time_ms' | 'duration_ms'>,
  engagements: readonly (EngagementSpan & { readonly agent_id: string | null })[],
): { readonly engagementId: string | null; readonly agentId: string | null } {
  const engagementId = attachTurn(turn, engagements)
  const engagement = engagements.find((row) => row.engagement_id === engagementId)
  return { engagementId, agentId: turn.participant === 'Agent' ? (engagement?.agent_id ?? null) : null }
}
