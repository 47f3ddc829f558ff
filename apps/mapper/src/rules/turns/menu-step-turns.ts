import { type CarRecord, type CsrRecord, knownText } from '../records.ts'
import type { EngagementFacts } from '../segment/facts.ts'
import type { Participant, TurnType } from './turn-facts.ts'

/** A step of the flow that the customer went through, on the row of self-service it belongs to. Times are epoch ms. */
export interface MenuStepTurn {
  readonly engagement_id: string
  readonly source_record_id: string
  readonly turn_type: Extract<TurnType, 'Menu Step'>
  readonly participant: Participant
  /** Within the task, from 1. */
  readonly sequence_no: number
  readonly turn_time_ms: number
  /** The flow node, as the vendor names it. */
  readonly category: string | null
  /** True where only the CSR's list of nodes is known, which has no times. */
  readonly is_time_estimated: boolean
}

/**
 * Pure. One turn per `flow-activity` of a Menu or Bot row. Where no record of a task has one, the CSR's `flowActivitySequence` (nodes, separated by
 * commas; webex-cc-api §3.10.1) stands in, at the start of the first such row. Nodes that run outside of self-service, such as in a queue, are none.
 */
export function menuStepTurns(
  csr: CsrRecord,
  cars: readonly CarRecord[],
  engagements: readonly EngagementFacts[],
): MenuStepTurn[] {
  const menus = engagements.filter(({ engagement_type: type }) => type === 'Menu' || type === 'Bot')
  const first = menus[0]
  if (first === undefined) return []
  const nodes = new Map(cars.filter(isNode).map((car) => [car.id, car]))
  const told = menus.flatMap((row) =>
    row.source_record_ids.flatMap((id) => {
      const car = nodes.get(id)
      return car === undefined ? [] : [{ row, car }]
    }),
  )
  if (told.length > 0) {
    return told.map(({ row, car }, at) => ({
      ...stepOf(row, at),
      source_record_id: `menu-step:${car.id}`,
      turn_time_ms: car.createdTime,
      category: knownText(car.activityName),
      is_time_estimated: false,
    }))
  }
  const listed = nodes.size > 0 ? [] : (knownText(csr['flowActivitySequence'])?.split(',') ?? [])
  return listed
    .map((node) => node.trim())
    .filter((node) => node !== '')
    .map((node, at) => ({
      ...stepOf(first, at),
      source_record_id: `menu-step:${csr.id}:${at + 1}`,
      turn_time_ms: first.start_time_ms,
      category: node,
      is_time_estimated: true,
    }))
}

function isNode(car: CarRecord): boolean {
  return car.eventName.toLowerCase() === 'flow-activity'
}

function stepOf(row: EngagementFacts, at: number) {
  return {
    engagement_id: row.engagement_id,
    turn_type: 'Menu Step' as const,
    participant: 'System' as const,
    sequence_no: at + 1,
  }
}
