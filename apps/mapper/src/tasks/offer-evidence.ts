import { type NotRespondingRow, readNotResponding, readSessionSpans, type SessionSpan } from '@wxcc/db/journey/evidence'
import type { Transaction } from 'kysely'
import type { DB } from '@wxcc/db/schema'
import { knownMs, knownText } from '../rules/records.ts'
import type { SegmentInput } from '../rules/segment-task.ts'
import type { SourceIds } from '../source-ids.ts'
import type { TaskCopy } from '../pages/task-assembler.ts'

export type OfferEvidence = Pick<SegmentInput, 'notResponding' | 'sessionCovers'>

/** An agent's record belongs to an offer if it begins within 2 s of the offer's end (mapping ruling 9). */
export const NEAR_MS = 2_000

/** What the agents' own records say about the offers of these tasks. Read after `lockSource`. */
export async function readOfferEvidence(
  tx: Transaction<DB>,
  dataSourceId: number,
  ids: SourceIds,
  copies: readonly TaskCopy[],
): Promise<OfferEvidence> {
  const sourceIdByAgent = new Map<string, string>()
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { cars } of copies) {
    for (const car of cars) {
      // The target of a blind transfer is rung, too (ruling 15).
      const asked = [car.agentId, car.destinationAgentId].map(knownText).filter((id) => id !== null)
      if (asked.length === 0 || !Number.isFinite(car.createdTime)) continue
      for (const agentId of asked) sourceIdByAgent.set(ids.agent('User', agentId), agentId)
      fromMs = Math.min(fromMs, car.createdTime - NEAR_MS)
      toMs = Math.max(toMs, (knownMs(car.endedTime) ?? car.createdTime + (knownMs(car.duration) ?? 0)) + NEAR_MS)
    }
  }
  const stretch = { dataSourceId, agentIds: [...sourceIdByAgent.keys()].sort(), fromMs, toMs }
  const notResponding = await readNotResponding(tx, stretch)
  const covers = coverage(await readSessionSpans(tx, stretch))
  return {
    notResponding: notResponding.map((row) => toRule(row, sourceIdByAgent)),
    sessionCovers: (agentId, atMs) => covers(ids.agent('User', agentId), atMs),
  }
}

function toRule(row: NotRespondingRow, sourceIdByAgent: ReadonlyMap<string, string>) {
  return { agentId: sourceIdByAgent.get(row.agentId)!, startTimeMs: row.startMs, taskId: row.taskId }
}

function coverage(spans: readonly SessionSpan[]): (agentId: string, atMs: number) => boolean {
  const byAgent = Map.groupBy(spans, (span) => span.agentId)
  return (agentId, atMs) =>
    (byAgent.get(agentId) ?? []).some(
      (span) => span.loginMs <= atMs && (span.logoutMs === null || atMs <= span.logoutMs),
    )
}
