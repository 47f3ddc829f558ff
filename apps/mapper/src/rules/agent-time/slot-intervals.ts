import { knownMs, knownText, type AarRecord } from '../records.ts'
import { AGENT_STATES, agentStateOf, type AgentStateTable } from './agent-states.ts'

/** One channel slot of one login: the vendor lists a stream of states for each. */
export interface AgentSlot {
  readonly agentId: string
  readonly channelId: string
  /** Logout, epoch ms; null while the session is open or no longer appears (ruling 26). */
  readonly sessionEndMs: number | null
  readonly activities: readonly AarRecord[]
}

/** A stretch in one state. Times are epoch ms, half-open. */
export interface StateInterval {
  readonly agentId: string
  readonly channelId: string
  readonly recordId: string
  readonly state: string
  readonly idleCodeId: string | null
  readonly idleCodeName: string | null
  readonly startMs: number
  readonly endMs: number
}

/**
 * The stretches of a slot, in order. What is open ends where the next row begins, at logout, or at `completeUntilMs` (ruling 26),
 * and nothing lies beyond that time. What is to be ignored (`skill-update`) never interrupts: the state before it goes on (ruling 28).
 */
export function slotIntervals(
  slot: AgentSlot,
  completeUntilMs: number,
  table: AgentStateTable = AGENT_STATES,
): StateInterval[] {
  const isIgnored = (row: AarRecord) => agentStateOf(row.state, table).group === 'Ignored'
  const rows = distinct(slot.activities).sort(
    (a, b) => a.startTime - b.startTime || endOrNever(a) - endOrNever(b) || (a.id < b.id ? -1 : 1),
  )
  const intervals: { -readonly [K in keyof StateInterval]: StateInterval[K] }[] = []
  const nextStates = startsOfNextStates(rows, isIgnored)
  rows.forEach((row, index) => {
    const next = nextStates[index] ?? slot.sessionEndMs ?? completeUntilMs
    const endMs = Math.min(knownMs(row.endTime) ?? Math.max(next, row.startTime), completeUntilMs)
    const before = intervals.at(-1)
    if (isIgnored(row)) {
      if (before !== undefined && before.endMs >= row.startTime) before.endMs = Math.max(before.endMs, endMs)
      return
    }
    intervals.push({
      agentId: slot.agentId,
      channelId: slot.channelId,
      recordId: row.id,
      state: row.state,
      idleCodeId: knownText(row.idleCode?.id),
      idleCodeName: knownText(row.idleCode?.name),
      startMs: row.startTime,
      endMs,
    })
  })
  return intervals.filter((interval) => interval.endMs > interval.startMs)
}

/** For each row, when the next one begins that is a state of its own: what is ignored ends nothing. */
function startsOfNextStates(
  rows: readonly AarRecord[],
  isIgnored: (row: AarRecord) => boolean,
): (number | undefined)[] {
  const starts: (number | undefined)[] = []
  let next: number | undefined
  for (let index = rows.length - 1; index >= 0; index--) {
    starts[index] = next
    if (!isIgnored(rows[index]!)) next = rows[index]!.startTime
  }
  return starts
}

/** Of two copies of a row the one that has ended is newer. */
function distinct(activities: readonly AarRecord[]): AarRecord[] {
  const byId = new Map<string, AarRecord>()
  for (const row of activities) {
    const held = byId.get(row.id)
    if (held === undefined || (knownMs(row.endTime) ?? -1) > (knownMs(held.endTime) ?? -1)) byId.set(row.id, row)
  }
  return [...byId.values()]
}

function endOrNever(row: AarRecord): number {
  return knownMs(row.endTime) ?? Number.MAX_SAFE_INTEGER
}
