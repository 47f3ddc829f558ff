import { knownText } from '../records.ts'
import { openRow, type DraftRow } from './draft-row.ts'
import type { AbandonedStage, InvitationEvidence, InvitationResult, QualityFlag, TransferIn } from './facts.ts'
import type { Step } from './order-steps.ts'

/** What the walk is told about the task besides its steps. */
export interface WalkContext {
  readonly taskStart: number
  readonly isOutdial: boolean
  readonly isPreview: boolean
  readonly botName: string | null
  readonly isCustomerEnd: boolean
  readonly isActive: boolean
  /** The `ended` that ends the contact: the last one, as earlier ones are followed by more of the customer's track. */
  readonly lastEnded: Step | null
  /** The last `connected` of the task: what fails before it was tried again. */
  readonly lastConnected: Step | null
  /** The agent whom a child contact connected between two moments; null where none did. */
  readonly childAgent: (fromMs: number, toMs: number) => string | null
  readonly judgeOffer: (offer: OfferAsked) => { result: InvitationResult; evidence: InvitationEvidence }
}

export interface OfferAsked {
  readonly agentId: string | null
  readonly start: number
  readonly end: number
  readonly terminationReason: string | null
}

/** An agent has left, and who comes next is not known yet. */
export interface Leave {
  readonly at: number
  readonly step: Step
  readonly via: 'blind' | 'consult' | 'queue'
  readonly from: DraftRow | null
  /** Who stays with the customer if a conference is left. */
  readonly partner: DraftRow | null
  /** Of whom the transfer's own rows tell, else the first offer after it. */
  targetAgentId: string | null
  readonly targetQueueId: string | null
  /** An offer after the transfer was told as a step of its own: it makes the Invitation. */
  isOffered: boolean
  /** The moment in which the target could not be reached. */
  failedAt: number | null
}

/** Where the customer is. At most one of menu, queue, holder and leave is set, but for the millisecond of a change. */
export interface Walk {
  readonly context: WalkContext
  readonly rows: DraftRow[]
  menu: DraftRow | null
  queue: DraftRow | null
  /** The offer that rings. */
  offer: Step | null
  /** The agent who has the customer. */
  holder: DraftRow | null
  /** Who joined the holder and the customer in a conference. */
  partner: DraftRow | null
  leave: Leave | null
  /** How the next agent will have got the customer. */
  transferIn: TransferIn | null
  /** The transfer step that runs: it says by what way the agent will leave. */
  transferStep: Step | null
  /** The holder asks another agent: what rings now, rings there. */
  isConsulting: boolean
  /** Whether anything rang at an agent. */
  wasOffered: boolean
  isCallback: boolean
  /** Off line, until the callback reaches an agent. */
  awaitsCallback: boolean
  endedAt: number | null
  abandonedStage: AbandonedStage | null
  readonly wrapUps: Step[]
  readonly flags: Set<QualityFlag>
}

export function startWalk(context: WalkContext): Walk {
  return {
    context,
    rows: [],
    menu: null,
    queue: null,
    offer: null,
    holder: null,
    partner: null,
    leave: null,
    transferIn: null,
    transferStep: null,
    isConsulting: false,
    wasOffered: false,
    isCallback: false,
    awaitsCallback: false,
    endedAt: null,
    abandonedStage: null,
    wrapUps: [],
    flags: new Set(),
  }
}

export function addRow(walk: Walk, type: DraftRow['type'], anchor: Step, start = anchor.start): DraftRow {
  const row = openRow(type, anchor, start)
  walk.rows.push(row)
  return row
}

/** Ruling 18: until an agent has the customer, an outdial has no queue and no invitations. */
export function isDialling(walk: Walk): boolean {
  return walk.context.isOutdial && !walk.rows.some((row) => row.type === 'Agent')
}

export function agentIdOf(step: Step): string | null {
  return knownText(step.car.agentId)
}
