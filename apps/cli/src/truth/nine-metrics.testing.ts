import { floorToWindow, WINDOW_MS } from '@wxcc/contracts/window'
import type { Script, ScriptedEngagement, ScriptedState } from './script.testing.ts'

/**
 * The nine metrics of customer-journey-model §3.1, calculated from the script: no table of ours, no record of the vendor and no SQL is looked at.
 * Times are milliseconds. The names are those of the columns of `bi`, so that both can be held side by side.
 */
export interface NineMetrics {
  agent_engagements: number
  agent_conversations: number
  available_time_ms: number
  engagement_time_ms: number
  menu_time_ms: number
  invitations: number
  missed_invitations: number
  queue_engagements: number
  queue_conversations: number
  wait_time_answered_ms: number
  wait_time_all_ms: number
  wrap_up_time_ms: number
}

/** Metrics by whatever the key says: a day, a queue and its quarter hour, an agent and a day. */
export type ByKey = ReadonlyMap<string, NineMetrics>

interface Sums extends NineMetrics {
  readonly agentTasks: Set<string>
  readonly queueTasks: Set<string>
}

function nothing(): Sums {
  return {
    agent_engagements: 0,
    agent_conversations: 0,
    available_time_ms: 0,
    engagement_time_ms: 0,
    menu_time_ms: 0,
    invitations: 0,
    missed_invitations: 0,
    queue_engagements: 0,
    queue_conversations: 0,
    wait_time_answered_ms: 0,
    wait_time_all_ms: 0,
    wrap_up_time_ms: 0,
    agentTasks: new Set(),
    queueTasks: new Set(),
  }
}

/** One engagement's share. An open one counts, but has no time yet (ruling 23). */
function addEngagement(sums: Sums, fact: ScriptedEngagement): void {
  const lengthMs = fact.endTime === null ? 0 : fact.endTime - fact.startTime
  switch (fact.type) {
    case 'Agent':
      sums.agentTasks.add(fact.taskId)
      sums.agent_engagements += 1
      sums.agent_conversations = sums.agentTasks.size
      sums.engagement_time_ms += fact.leftTime === null ? 0 : fact.leftTime - fact.startTime
      sums.wrap_up_time_ms += fact.afterWorkMs ?? 0
      break
    case 'Queue':
      sums.queueTasks.add(fact.taskId)
      sums.queue_engagements += 1
      sums.queue_conversations = sums.queueTasks.size
      sums.wait_time_all_ms += lengthMs
      sums.wait_time_answered_ms += fact.isAnswered === true ? lengthMs : 0
      break
    case 'Menu':
      // What the caller hears in a queue is queue time; a survey is none of the menu's.
      if (fact.menuPhase === 'entry' || fact.menuPhase === 'after_transfer') sums.menu_time_ms += lengthMs
      break
    case 'Invitation':
      // A technical failure is nobody's refusal.
      if (fact.invitationResult === 'failed') break
      sums.invitations += 1
      sums.missed_invitations += fact.invitationResult === 'missed' ? 1 : 0
      break
    case 'Consult':
    case 'External':
    case 'Bot':
      break
  }
}

/** Available stretches cut at quarter hours and at `span`: `each` is told the quarter's start and how much of it. */
function cutAvailable(
  states: readonly ScriptedState[],
  span: { readonly fromMs: number; readonly toMs: number },
  each: (state: ScriptedState, quarterMs: number, lengthMs: number) => void,
): void {
  for (const state of states) {
    if (state.stateGroup !== 'Available') continue
    const end = Math.min(state.endTime ?? span.toMs, span.toMs)
    for (let at = Math.max(state.startTime, span.fromMs); at < end;) {
      const cut = Math.min(floorToWindow(at) + WINDOW_MS, end)
      each(state, floorToWindow(at), cut - at)
      at = cut
    }
  }
}

function sumsBy(): { readonly at: (key: string) => Sums; readonly all: Map<string, Sums> } {
  const all = new Map<string, Sums>()
  return {
    all,
    at(key) {
      const sums = all.get(key) ?? nothing()
      all.set(key, sums)
      return sums
    },
  }
}

interface Asked {
  readonly timeZone: string
  /** Where agent time is known: from here to here. */
  readonly span: { readonly fromMs: number; readonly toMs: number }
}

/** By `yyyymmdd`, the day of the centre's own calendar. */
export function perDay({ engagements, states }: Script, { timeZone, span }: Asked): ByKey {
  const { at, all } = sumsBy()
  const dayOf = calendarOf(timeZone)
  for (const fact of engagements) addEngagement(at(dayOf(fact.startTime)), fact)
  cutAvailable(states, span, (_, quarterMs, lengthMs) => {
    at(dayOf(quarterMs)).available_time_ms += lengthMs
  })
  return all
}

/** By `<agent> <yyyymmdd>`. Waits and menus are nobody's. */
export function perAgentAndDay({ engagements, states }: Script, { timeZone, span }: Asked): ByKey {
  const { at, all } = sumsBy()
  const dayOf = calendarOf(timeZone)
  for (const fact of engagements) {
    if (fact.agentId !== null) addEngagement(at(`${fact.agentId} ${dayOf(fact.startTime)}`), fact)
  }
  cutAvailable(states, span, (state, quarterMs, lengthMs) => {
    at(`${state.agentId} ${dayOf(quarterMs)}`).available_time_ms += lengthMs
  })
  return all
}

/** By `<queue> <quarter hour>`, named by `nameOf` its start; what began in no queue is left out. */
export function perQueueAndQuarterHour({ engagements }: Script, nameOf: (quarterMs: number) => string): ByKey {
  const { at, all } = sumsBy()
  for (const fact of engagements) {
    if (fact.queueId !== null) addEngagement(at(`${fact.queueId} ${nameOf(floorToWindow(fact.startTime))}`), fact)
  }
  return all
}

/** Epoch ms → `yyyymmdd` on the wall there, by the time zone tables of the runtime. */
export function calendarOf(timeZone: string): (timeMs: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return (timeMs) => format.format(timeMs).replaceAll('-', '')
}

/** Epoch ms → `yyyymmdd 0…95`, the quarter hour on the wall there. Where clocks are set back, two have the same name. */
export function wallQuarterOf(timeZone: string): (timeMs: number) => string {
  const dayOf = calendarOf(timeZone)
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return (timeMs) => {
    const [hour, minute] = format.format(timeMs).split(':').map(Number)
    return `${dayOf(timeMs)} ${hour! * 4 + Math.floor(minute! / 15)}`
  }
}
