/** Who acts in a step: numbers of agents, queues and child contacts, in order of appearance. */
export interface Cast {
  readonly agent: number | null
  readonly queue: number | null
  /** Whom the step asks or leaves to. */
  readonly target: number | null
  readonly targetQueue: number | null
  /** The child contact the step belongs to or made. */
  readonly child: number | null
  readonly isChilds: boolean
}

const NOBODY: Cast = { agent: null, queue: null, target: null, targetQueue: null, child: null, isChilds: false }

/** What a child contact's own life is made of; the rest is the parent's. */
const CHILD_EVENTS = new Set(['new', 'flow-activity', 'parked', 'connect', 'connected', 'recording-started'])
const QUEUE_EVENTS = new Set(['parked', 'connect', 'connected', 'con-to-agent-error', 'dequeued'])
const ASIDE = new Set([
  'on-hold',
  'hold-done',
  'consult',
  'consulting',
  'consult-done',
  'consult-error',
  'ctq',
  'ctq-accepted',
  'conference',
  'conferencing',
  'conference-done',
  'consulttransfer',
])

/**
 * Agents are A, B, … per run of `connected`; wrap-ups belong to them in the order in which they left (model §2.5). A consult's
 * agent is the one who answers it: the `ctq-accepted`, the child contact's `connected`, or the `connected` after the transfer.
 */
export function castOf(events: readonly string[]): Cast[] {
  const stage = { agents: 0, holder: null as number | null, consulted: null as number | null, queue: 0, children: 0 }
  const leavers: number[] = []
  let openChild: number | null = null
  let isHandedOver = false
  let hasBegun = false

  return events.map((event, index): Cast => {
    if (event === 'new' && hasBegun) {
      openChild = stage.children++
      isHandedOver = false
      return { ...NOBODY, child: openChild, isChilds: true }
    }
    hasBegun ||= event !== 'flow-activity'
    if (openChild !== null && event === 'ended' && events.includes('ended', index + 1)) {
      const child = openChild
      openChild = null
      return { ...NOBODY, child, isChilds: true }
    }
    if (openChild !== null && !isHandedOver && CHILD_EVENTS.has(event)) {
      const answersNext = event === 'connect' && nextState(events, index) === 'connected'
      if (event === 'connected') stage.consulted ??= stage.agents++
      const agent = event === 'connected' ? stage.consulted : answersNext ? (stage.consulted ??= stage.agents++) : null
      return { ...NOBODY, agent, child: openChild, isChilds: true }
    }
    if (event === 'consulttransfer' || event === 'transferred') isHandedOver = true
    return rootCast(event, index)
  })

  function rootCast(event: string, index: number): Cast {
    const queue = QUEUE_EVENTS.has(event) ? stage.queue : null
    if (event === 'connect') {
      const isAnswered = nextState(events, index) === 'connected'
      return { ...NOBODY, agent: isAnswered ? stage.agents : stage.agents + 1, queue }
    }
    if (event === 'connected') {
      const isTransfer = stage.holder === null && stage.consulted !== null
      stage.holder = isTransfer ? stage.consulted : stage.agents++
      stage.consulted = null
      return { ...NOBODY, agent: stage.holder, queue }
    }
    if (event === 'ctq-accepted') stage.consulted ??= stage.agents++
    if (event === 'consulting' && isTakenOver(events, index)) stage.consulted ??= stage.agents++
    if (event === 'consult' || event === 'ctq') stage.consulted = null
    if (event === 'wrapup') return { ...NOBODY, agent: leavers.shift() ?? stage.holder }
    if (ASIDE.has(event)) {
      const target = stage.consulted
      if (event === 'consult-done' || event === 'consult-error') stage.consulted = null
      return { ...NOBODY, agent: stage.holder, target: event === 'on-hold' || event === 'hold-done' ? null : target }
    }
    return leave(event, index, queue)
  }

  function leave(event: string, index: number, queue: number | null): Cast {
    const agent = stage.holder
    const isAnswered = events.slice(index + 1).includes('connected')
    if (event === 'blind-transfer' || event === 'vt-transfer') stage.consulted = null
    if (event === 'blind-transfer') return { ...NOBODY, agent, target: isAnswered ? stage.agents : null }
    if (event === 'vt-transfer') stage.queue += 1
    if (event !== 'transferred' && event !== 'vt-transfer' && event !== 'ended') {
      return { ...NOBODY, agent, queue }
    }
    if (agent !== null) leavers.push(agent)
    stage.holder = null
    const target = event === 'transferred' ? (stage.consulted ?? (isAnswered ? stage.agents : null)) : null
    return { ...NOBODY, agent, target, targetQueue: event === 'vt-transfer' ? stage.queue : null }
  }
}

/** The next state row: point rows between two states do not part them. */
function nextState(events: readonly string[], index: number): string | undefined {
  return events.slice(index + 1).find((event) => event !== 'flow-activity' && event !== 'recording-started')
}

/** Whether the consult that begins here is answered by whoever is `connected` after a consult transfer. */
function isTakenOver(events: readonly string[], index: number): boolean {
  for (const event of events.slice(index + 1)) {
    if (event === 'consulttransfer') return events.slice(index + 1).includes('connected')
    if (event === 'consult-done' || event === 'new' || event === 'conference') return event === 'conference'
  }
  return false
}
