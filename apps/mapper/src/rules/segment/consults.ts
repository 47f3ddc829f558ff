import { knownText } from '../records.ts'
import type { ChildContact } from './child-contacts.ts'
import { openRow, user, type DraftRow } from './draft-row.ts'
import type { Step } from './order-steps.ts'

/** Consult steps from one asking to its end. */
interface Consult {
  readonly start: number
  readonly steps: Step[]
  hasQueueRequest: boolean
  /** Where a step says that it is over. */
  end: number | null
}

const CONSULT_STEPS = new Set(['consult', 'ctq', 'ctq-accepted', 'consulting'])
const CONSULT_ENDS = new Set(['consult-done', 'consulttransfer', 'conference', 'transferred'])

/**
 * One Consult row per consult (ruling 12): from `ctq-accepted`; else from the child contact's `connected`; else from
 * `consulting` with a destination agent. A consult to a number makes none: the asker's `consult_time_ms` has it.
 */
export function findConsults(
  root: readonly Step[],
  children: readonly ChildContact[],
  agents: readonly DraftRow[],
): DraftRow[] {
  const unused = [...children]
  const consults = groupConsults(root)
  return consults.flatMap((consult, index) => {
    const next = consults[index + 1]?.start ?? Number.POSITIVE_INFINITY
    const own = unused.filter((child) => child.start >= consult.start && child.start < next)
    const row = consultRow(consult, own, agents)
    return row === null ? [] : [row]
  })
}

function groupConsults(root: readonly Step[]): Consult[] {
  const consults: Consult[] = []
  let open: Consult | null = null
  for (const step of root) {
    const event = step.event ?? ''
    if (CONSULT_ENDS.has(event)) {
      if (open !== null) open.end = step.start
      open = null
    }
    if (!CONSULT_STEPS.has(event)) continue
    // A consult to a queue begins with `ctq`; the `consult` right after it is the same one.
    const isSame = open !== null && !(event === 'ctq' || (event === 'consult' && !open.hasQueueRequest))
    if (open === null || !isSame) {
      open = { start: step.start, steps: [], hasQueueRequest: false, end: null }
      consults.push(open)
    }
    if (event === 'ctq') open.hasQueueRequest = true
    open.steps.push(step)
  }
  return consults
}

function consultRow(consult: Consult, children: readonly ChildContact[], agents: readonly DraftRow[]): DraftRow | null {
  const asker = latestBefore(agents, consult.start)
  const anchor = anchorOf(consult, children, asker)
  if (anchor === null) return null
  const row = openRow('Consult', anchor, anchor.start)
  // An end of -1 is not known; the consult's own end then is.
  row.end = anchor.end ?? consult.end
  row.parent = asker
  row.agent = user(consultedAgent(anchor, asker) ?? firstOf(consult.steps.map((step) => consultedAgent(step, asker))))
  row.queueId = knownText(anchor.car.destinationQueueId) ?? knownText(anchor.car.queueId)
  row.steps.push(...consult.steps.filter((step) => step !== anchor))
  return row
}

function anchorOf(consult: Consult, children: readonly ChildContact[], asker: DraftRow | null): Step | null {
  const accepted = consult.steps.find((step) => step.event === 'ctq-accepted')
  if (accepted !== undefined) return accepted
  const joined = children.flatMap((child) => child.steps).find((step) => step.event === 'connected')
  if (joined !== undefined) return joined
  const asked = consult.steps.map((step) => knownText(step.car.destinationAgentId))
  if (!asked.some((id) => id !== null && id !== asker?.agent?.id)) return null
  return consult.steps.find((step) => step.event === 'consulting') ?? null
}

/** The destination agent, else an agent of the row other than the asker (ruling 13). */
function consultedAgent(step: Step, asker: DraftRow | null): string | null {
  const ids = [step.car.destinationAgentId, step.car.agentId].map(knownText)
  return ids.find((id) => id !== null && id !== asker?.agent?.id) ?? null
}

function latestBefore(agents: readonly DraftRow[], at: number): DraftRow | null {
  const begun = agents.filter((row) => row.start <= at && row.subtype !== 'conference')
  return begun.sort((a, b) => b.start - a.start)[0] ?? null
}

function firstOf(values: readonly (string | null)[]): string | null {
  return values.find((value) => value !== null) ?? null
}
