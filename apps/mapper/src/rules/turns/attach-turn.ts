import type { EngagementFacts, EngagementType } from '../segment/facts.ts'
import type { Participant, TurnFacts } from './turn-facts.ts'

export type EngagementSpan = Pick<
  EngagementFacts,
  'engagement_id' | 'engagement_type' | 'start_time_ms' | 'end_time_ms' | 'engagement_time_ms'
>

/** Who a participant may be engaged with; a customer's or an unnamed turn may be with anyone. */
const PARTNERS: Record<Participant, readonly EngagementType[]> = {
  Agent: ['Agent'],
  Bot: ['Bot', 'Menu'],
  External: ['External'],
  System: ['Bot', 'Menu', 'Agent'],
  Customer: ['Agent', 'Bot', 'Menu', 'External'],
  Unknown: ['Agent', 'Bot', 'Menu', 'External'],
}

/**
 * The engagement a turn belongs to (model §7-22): the row active at its time with that participant, an Agent before a Bot before a
 * Menu; else the nearest earlier; else, for what lasts (a recording), the first that begins during it; else null: conversation level.
 */
export function attachTurn(
  turn: Pick<TurnFacts, 'participant' | 'turn_time_ms' | 'duration_ms'>,
  engagements: readonly EngagementSpan[],
): string | null {
  const types = PARTNERS[turn.participant]
  const at = turn.turn_time_ms
  const candidates = engagements
    .filter((row) => types.includes(row.engagement_type))
    .sort((a, b) => b.start_time_ms - a.start_time_ms || (a.engagement_id < b.engagement_id ? -1 : 1))
  const active = candidates.filter((row) => row.start_time_ms <= at && at <= leavingOf(row))
  for (const type of types) {
    const row = active.find((each) => each.engagement_type === type)
    if (row !== undefined) return row.engagement_id
  }
  const until = at + (turn.duration_ms ?? 0)
  const during = candidates.filter((row) => row.start_time_ms > at && row.start_time_ms <= until).at(-1)
  const earlier = candidates.find((row) => row.start_time_ms <= at)
  return (earlier ?? during)?.engagement_id ?? null
}

/** When the customer's part ended; wrap-up is not talk. */
function leavingOf(row: EngagementSpan): number {
  if (row.engagement_time_ms !== null) return row.start_time_ms + row.engagement_time_ms
  return row.end_time_ms ?? Number.POSITIVE_INFINITY
}
