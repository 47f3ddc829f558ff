import type { Agent, Channel, EntryPoint, Named, ServiceQueue } from './org.ts'
import type { ContactPlan } from './contact-plan.ts'
import type { Random } from './random.ts'

/**
 * The journey script: who did what, when. It is written as life goes on and is the only source of both sides: records are rendered from the
 * beats, the truth reads the facts. Neither side ever looks at the other.
 */

/** A step of a contact in our words; `render-activities.ts` knows what the vendor calls it. */
export type BeatKind =
  | 'arrive'
  | 'flow-node'
  | 'wait'
  | 'offer'
  | 'offer-failed'
  | 'talk'
  | 'hold'
  | 'talk-again'
  | 'recording-start'
  | 'recording-pause'
  | 'recording-resume'
  | 'recording-ready'
  | 'leave-queue'
  | 'send-to-queue'
  | 'send-away'
  | 'hand-over'
  | 'under-way'
  | 'ask-colleague'
  | 'with-colleague'
  | 'colleague-gone'
  | 'join-colleague'
  | 'three-way'
  | 'three-way-over'
  | 'after-work'
  | 'end'

/** An agent at one channel slot of one login. */
export interface Seat {
  readonly agent: Agent
  readonly sessionId: string
  readonly channelId: string
}

/** Times are epoch ms. `end` null: nobody knows yet; an end in the future is planned and shows when its time has come. */
export interface Beat {
  readonly kind: BeatKind
  readonly start: number
  end: number | null
  readonly seat?: Seat | undefined
  readonly queue?: ServiceQueue | undefined
  readonly toSeat?: Seat | undefined
  readonly toQueue?: ServiceQueue | undefined
  readonly toNumber?: string | undefined
  readonly node?: { readonly type: string; readonly name: string } | undefined
  readonly reason?: string | undefined
  readonly transferType?: string | undefined
  readonly wrapUpCode?: Named | undefined
}

/** One engagement as it happened: customer-journey-model §2.3 and the rulings, written by the verbs of `tell.ts`. */
export interface EngagementFact {
  readonly type: 'Agent' | 'Queue' | 'Menu' | 'Invitation' | 'Consult' | 'External'
  readonly agentId: string | null
  readonly queueId: string | null
  readonly startTime: number
  endTime: number | null
  readonly invitationResult: 'missed' | 'rejected' | 'failed' | null
  isAnswered: boolean | null
}

/** One recorded part: what is heard lasts exactly from `start` to `stop`. */
export interface RecordedPart {
  readonly start: number
  readonly stop: number
  /** When the file can be asked for; null while nobody knows. */
  readyAt: number | null
}

export interface Message {
  readonly time: number
  readonly from: 'Customer' | 'Agent' | 'Bot'
  readonly agent: Agent | null
  readonly text: string
}

/** One stay in a queue with the agent who took it: the vendor's leg. */
export interface Leg {
  readonly start: number
  readonly queue: ServiceQueue | null
  connectedAt: number | null
  end: number | null
  seat: Seat | null
  handleType:
    | 'normal'
    | 'abandoned'
    | 'self_service'
    | 'park_and_transfer'
    | 'straight_transfer'
    | 'overflow'
    | 'TransferToDN'
    | 'connect'
  toQueue: ServiceQueue | null
  toSeat: Seat | null
}

export interface Ending {
  readonly type: 'normal' | 'abandoned'
  readonly by: 'Agent' | 'Customer' | 'System'
  readonly reason: string
  readonly abandoned: 'new' | 'queue' | 'agent-connect' | null
}

export type JourneyKind =
  | 'answered at once'
  | 'answered after waiting'
  | 'hold'
  | 'several holds'
  | 'recording pause'
  | 'two recordings'
  | 'missed'
  | 'rejected'
  | 'offer failed'
  | 'abandoned in menu'
  | 'abandoned in queue'
  | 'abandoned while ringing'
  | 'self-service only'
  | 'overflow'
  | 'transfer to agent'
  | 'transfer to number'
  | 'transfer to queue'
  | 'consult and transfer'
  | 'consult and come back'
  | 'conference'
  | 'outdial answered'
  | 'outdial unanswered'
  | 'chat with transcript'
  | 'chat with late transcript'
  | 'long and complex'

export interface TaskScript {
  readonly id: string
  readonly key: string
  readonly channel: Channel
  readonly createdTime: number
  readonly entryPoint: EntryPoint
  readonly isOutdial: boolean
  readonly plan: ContactPlan
  readonly random: Random
  readonly kinds: Set<JourneyKind>
  /** In the order in which they were told; not always ascending by start. */
  readonly beats: Beat[]
  /** The step that the customer is in: each new one ends it, so that the customer's own time has no gaps. */
  track: Beat | null
  readonly facts: EngagementFact[]
  readonly recordings: RecordedPart[]
  readonly messages: Message[]
  readonly legs: Leg[]
  transcriptAt: number | null
  endedTime: number | null
  ending: Ending | null
  /** From this moment on nothing about the contact changes any more; null while its life goes on. */
  settledAt: number | null
}

/** What one channel slot does; the vendor's state names are added in `render-session.ts`. */
export type SlotState =
  | 'available'
  | 'idle'
  | 'ringing'
  | 'talking'
  | 'holding'
  | 'talking-again'
  | 'consult-requested'
  | 'consulting'
  | 'consult-reserved'
  | 'consult-answered'
  | 'three-way'
  | 'after-work'
  | 'not-responding'

export interface Stretch {
  readonly state: SlotState
  readonly start: number
  end: number | null
  readonly idleCode?: Named | undefined
  readonly wrapUpCode?: Named | undefined
  readonly task?: TaskScript | undefined
  readonly queue?: ServiceQueue | undefined
}

export interface SlotScript {
  readonly channelId: string
  readonly channel: Channel
  readonly stretches: Stretch[]
}

/** One login of an agent. */
export interface SessionScript {
  readonly id: string
  readonly agent: Agent
  readonly startTime: number
  endTime: number | null
  readonly slots: readonly SlotScript[]
}

export interface StatusFact {
  readonly agentId: string
  readonly stateGroup: 'Available' | 'Idle' | 'Busy' | 'Wrap Up' | 'Not Responding'
  readonly startTime: number
  endTime: number | null
}
