import type { DerivedConversation } from '@wxcc/db/journey/conversations'
import { moveTurns, readTurns } from '@wxcc/db/journey/turns'
import type { DB } from '@wxcc/db/schema'
import type { Transaction } from 'kysely'
import type { EngagementSpan } from '../rules/turns/attach-turn.ts'
import type { Participant } from '../rules/turns/turn-facts.ts'
import { placeTurn } from './place-turn.ts'

/** Turns of these conversations go where the new engagements say, in the transaction that wrote those. */
export async function reattachTurns(
  tx: Transaction<DB>,
  derived: readonly DerivedConversation[],
  changedConversationIds: readonly string[],
): Promise<void> {
  const engagementsOf = new Map(derived.map((one) => [one.conversation.conversation_id, one.engagements.map(toSpan)]))
  const turns = await readTurns(tx, changedConversationIds)
  const moves = turns.map((turn) => ({
    turnId: turn.turn_id,
    conversationStartTime: turn.conversation_start_time,
    ...placeTurn(
      {
        // The check constraint of journey.turn guarantees the word.
        participant: turn.participant as Participant,
        turn_time_ms: turn.turn_time.getTime(),
        duration_ms: turn.duration_ms,
      },
      engagementsOf.get(turn.conversation_id) ?? [],
    ),
  }))
  await moveTurns(tx, moves)
}

type EngagementRow = DerivedConversation['engagements'][number]

function toSpan(row: EngagementRow): EngagementSpan & { readonly agent_id: string | null } {
  return {
    engagement_id: row.engagement_id,
    engagement_type: row.engagement_type as EngagementSpan['engagement_type'],
    agent_id: row.agent_id,
    start_time_ms: new Date(row.start_time).getTime(),
    end_time_ms: row.end_time === null ? null : new Date(row.end_time).getTime(),
    engagement_time_ms: row.engagement_time_ms,
  }
}
