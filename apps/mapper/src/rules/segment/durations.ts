import type { DraftRow } from './draft-row.ts'
import type { EngagementFacts, EngagementType } from './facts.ts'
import type { KnownEvent } from './events.ts'
import type { Step } from './order-steps.ts'

type Durations = Pick<
  EngagementFacts,
  | 'queue_time_ms'
  | 'parked_time_ms'
  | 'invitation_time_ms'
  | 'preparation_time_ms'
  | 'engagement_time_ms'
  | 'hold_time_ms'
  | 'consult_time_ms'
  | 'conference_time_ms'
  | 'wrap_up_time_ms'
  | 'menu_time_ms'
  | 'hold_count'
  | 'offer_count'
>

const NONE: Durations = {
  queue_time_ms: null,
  parked_time_ms: null,
  invitation_time_ms: null,
  preparation_time_ms: null,
  engagement_time_ms: null,
  hold_time_ms: null,
  consult_time_ms: null,
  conference_time_ms: null,
  wrap_up_time_ms: null,
  menu_time_ms: null,
  hold_count: null,
  offer_count: null,
}

/** What each type of row measures; `span` is start to leaving by the clock, null where one of them was not seen. */
const MEASURES: Record<EngagementType, (row: DraftRow, span: number | null) => Partial<Durations>> = {
  Queue: ({ steps }, span) => ({
    queue_time_ms: span,
    parked_time_ms: sumOf(steps, 'parked'),
    offer_count: countOf(steps, 'connect'),
  }),
  Agent: (row, span) => ({
    engagement_time_ms: span,
    invitation_time_ms: atLeastZero(row.invitationMs),
    preparation_time_ms: atLeastZero(row.preparationMs),
    hold_time_ms: sumOf(row.steps, 'on-hold'),
    hold_count: countOf(row.steps, 'on-hold'),
    consult_time_ms: sumOf(row.steps, 'consulting'),
    // A partner's own row of the same conference is not a second one.
    conference_time_ms: sumOf(row.subtype === 'conference' ? [row.anchor] : row.steps, 'conferencing'),
    wrap_up_time_ms: wrapUpOf(row),
  }),
  Consult: (row, span) => ({ engagement_time_ms: span, wrap_up_time_ms: wrapUpOf(row) }),
  External: (_row, span) => ({ engagement_time_ms: span }),
  Invitation: (_row, span) => ({ invitation_time_ms: span }),
  Menu: (_row, span) => ({ menu_time_ms: span }),
  Bot: (_row, span) => ({ menu_time_ms: span, engagement_time_ms: span }),
}

/** The measured facts of a row. By the clock from start to leaving; holds, waits and wrap-ups by their steps (rulings 2, 6, 21). */
export function durationsOf(row: DraftRow): Durations {
  // Ruling 23: every fact of an open row is null.
  if (row.end === null) return NONE
  const span = row.isStartUnseen || row.end < row.start ? null : row.end - row.start
  return { ...NONE, ...MEASURES[row.type](row, span) }
}

/** Ends with the last wrap-up's CAR (ruling 33); null while open or wrapping up. */
export function endOf(row: DraftRow): number | null {
  if (row.end === null || row.end < row.start || isWrappingUp(row)) return null
  return Math.max(row.end, ...row.wrapUps.map((step) => step.end ?? row.end!))
}

export function isWrappingUp(row: DraftRow): boolean {
  return row.wrapUps.some((step) => step.end === null)
}

/** Null where none was recorded (it may come minutes later) or one still runs. */
function wrapUpOf(row: DraftRow): number | null {
  if (row.wrapUps.length === 0 || isWrappingUp(row)) return null
  return sumOf(row.wrapUps, 'wrapup')
}

/** Over the known durations (ruling 21); null where one is negative, as then the sum is not known (ruling 25). */
export function sumOf(steps: readonly Step[], event: KnownEvent): number | null {
  const known = steps.filter((step) => step.event === event).map((step) => step.duration ?? 0)
  return known.some((duration) => duration < 0) ? null : known.reduce((sum, duration) => sum + duration, 0)
}

function countOf(steps: readonly Step[], event: KnownEvent): number {
  return steps.filter((step) => step.event === event).length
}

function atLeastZero(value: number | null): number | null {
  return value === null || value < 0 ? null : value
}
