import { WINDOW_MS, floorToWindow } from '@wxcc/contracts/window'
import type { AgentTimeStretch, OpenStates } from '@wxcc/db/journey/agent-logins'

/** A stretch of one agent's time. */
export interface AgentStretch {
  readonly agentId: string
  readonly fromMs: number
  /** Null where no end is known. */
  readonly toMs: number | null
  /** It had no end before, so that it was counted up to the time until which agent time is complete. */
  readonly wasOpen?: boolean
}

/**
 * Pure: the whole quarter hours that these stretches touch, per agent and joined where they meet, in order of agent and time. What is or was open
 * reaches up to `untilMs`; so does a stretch that begins while another state of the agent is open, since that state may have been counted up to
 * there, or to the end of its login, and is now cut by what is new.
 */
export function wholeStretches(
  stretches: readonly AgentStretch[],
  openStates: ReadonlyMap<string, OpenStates>,
  untilMs: number | null,
): AgentTimeStretch[] {
  const found: AgentTimeStretch[] = []
  const byAgent = Map.groupBy(stretches, (stretch) => stretch.agentId)
  for (const agentId of [...byAgent.keys()].sort()) {
    const open = openStates.get(agentId)
    let last: { fromMs: number; toMs: number } | undefined
    for (const stretch of byAgent.get(agentId)!.toSorted((a, b) => a.fromMs - b.fromMs)) {
      const isCut = open !== undefined && open.sinceMs <= stretch.fromMs
      const ends = [
        stretch.toMs,
        stretch.toMs === null || stretch.wasOpen === true || isCut ? untilMs : null,
        isCut ? open.logoutMs : null,
      ]
      const endMs = Math.max(...ends.filter((end) => end !== null))
      if (endMs <= stretch.fromMs) continue
      const fromMs = floorToWindow(stretch.fromMs)
      const toMs = floorToWindow(endMs - 1) + WINDOW_MS
      if (last !== undefined && fromMs <= last.toMs) {
        last.toMs = Math.max(last.toMs, toMs)
      } else {
        last = { fromMs, toMs }
        found.push(Object.assign(last, { agentId }))
      }
    }
  }
  return found
}
