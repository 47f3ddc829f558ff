/**
 * Every CAR event known (model §2.2, webex-cc-api §3.10.7), in the order in which steps of one millisecond are read
 * (ruling 4): what leaves comes before what it leads to. Compared in lower case, as the vendor's capitals vary.
 */
const EVENTS_IN_RANK_ORDER = [
  'new',
  'campaignoutbound',
  'flow-activity',
  'ivr-connected',
  'treatment',
  'treatment-completed',
  'ivr-done',
  'consult-error',
  'consult-done',
  'conference-done',
  'hold-done',
  'blind-transfer',
  'consulttransfer',
  'dequeued',
  'vt-transfer',
  'transferred',
  'con-to-agent-error',
  'parked',
  'optoutofqueue',
  'connect',
  'connected',
  'recording-started',
  'paused',
  'resumed',
  'ctq',
  'consult',
  'ctq-accepted',
  'on-hold',
  'consulting',
  'conference',
  'conferencing',
  'callbackfailed',
  'ended',
  'wrapup',
  'recording-available',
] as const

export type KnownEvent = (typeof EVENTS_IN_RANK_ORDER)[number]

const RANKS: ReadonlyMap<string, number> = new Map(EVENTS_IN_RANK_ORDER.map((event, rank) => [event, rank]))

/** The known event of a name, or null for one the vendor added since. */
export function knownEvent(eventName: string): KnownEvent | null {
  const lower = eventName.toLowerCase()
  return isKnown(lower) ? lower : null
}

function isKnown(lower: string): lower is KnownEvent {
  return RANKS.has(lower)
}

/** Unknown events rank last. */
export function eventRank(event: KnownEvent | null): number {
  return event === null ? EVENTS_IN_RANK_ORDER.length : RANKS.get(event)!
}
