import type { Agent, Channel, EntryPoint, Named, ServiceQueue } from './org.ts'
import type { ContactPlan } from './contact-plan.ts'
import type { JourneyKind } from './journey-kinds.ts'
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
  /** `ivr-connected`: self-service as older flows tell it, after a transfer to an entry point, and a survey after the end. */
  | 'self-service'
  /** `ivr-done` */
  | 'self-service-done'
  /** `treatment`, `treatment-completed`: music and announcements while waiting. */
  | 'treatment'
  | 'treatment-done'
  /** `optOutOfQueue`: waits for a callback, off line. */
  | 'opt-out'
  /** `callbackFailed` */
  | 'callback-failed'
  /** `campaignOutbound` */
  | 'dial-campaign'
  /** `ctq`, `ctq-accepted` */
  | 'ask-queue'
  | 'queue-colleague'
  /** `consult-error`: the colleague did not take the consult. */
  | 'consult-failed'
  /** A child contact made by a consult to an entry point: `new`, `parked`, `connect`, `connected`, `ended`. */
  | 'child-arrive'
  | 'child-wait'
  | 'child-offer'
  | 'child-talk'
  | 'child-end'

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
  readonly toEntryPoint?: EntryPoint | undefined
  /** Of a child contact: the id it goes by. */
  readonly childId?: string | undefined
  readonly node?: { readonly type: string; readonly name: string } | undefined
  readonly reason?: string | undefined
  readonly transferType?: string | undefined
  readonly wrapUpCode?: Named | undefined
}

/** Where in a contact the self-service was: before the first queue, after an agent, beneath a wait, after the end (customer-journey-model §2.3-4). */
export type MenuPhase = 'entry' | 'after_transfer' | 'in_queue' | 'post_call'

/** One engagement as it happened: customer-journey-model §2.3 and the rulings, written by the verbs of `tell.ts`. */
export interface EngagementFact {
  readonly type: 'Agent' | 'Queue' | 'Menu' | 'Bot' | 'Invitation' | 'Consult' | 'External'
  readonly agentId: string | null
  readonly queueId: string | null
  readonly startTime: number
  endTime: number | null
  readonly invitationResult: 'missed' | 'rejected' | 'failed' | null
  isAnswered: boolean | null
  /** Of a Menu. */
  readonly menuPhase: MenuPhase | null
  /** Of an Agent: the moment of leaving the customer; null while with them. */
  leftTime: number | null
  /** What `endTime` holds of after-work; null before there is any. */
  afterWorkMs: number | null
  /** Nobody can tell what it is before it is over: an unanswered offer, a survey after the end. */
  readonly isKnownWhenOver: boolean
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
  readonly attachments?: readonly Attachment[] | undefined
}

export interface Attachment {
  readonly fileName: string
  readonly contentType: string
  readonly sizeBytes: number
}

/** An e-mail conversation; a reply is a contact of its own in the same thread. */
export interface Mail {
  /** Equal for all contacts of one thread. */
  readonly thread: string
  /** 1 = the first mail of its thread. */
  readonly part: number
  readonly messageId: string
  readonly subject: string
  readonly toList: readonly string[]
  readonly ccList: readonly string[]
  readonly hasAttachments: boolean
  /** When the agent's answer went out; null while none has. */
  answeredAt: number | null
}

export interface Callback {
  readonly type: 'Courtesy' | 'Web'
  readonly origin: 'IVR' | 'web'
  readonly requestedAt: number
  readonly queue: ServiceQueue
  connectedAt: number | null
  /** Success or failure is known from here on. */
  settledAt: number | null
  isFailed: boolean
  /** Whom the callback reached. */
  agent: Agent | null
}

export interface Campaign extends Named {
  readonly type: 'preview_campaign' | 'progressive_campaign'
  /** What the dialler heard, once it rang (call progress analysis). */
  cpa: 'LIVE_VOICE' | 'ABANDONED' | 'NO_ANSWER' | 'BUSY'
}

/** A supervisor listens to (or joins) a conversation; makes no engagement. */
export interface Monitoring {
  readonly kind: 'silent' | 'midcall' | 'barge-in'
  readonly supervisor: Agent
  readonly start: number
  readonly end: number
}

/** What becomes known of a contact after its end. */
export type LateNews =
  | {
      readonly at: number
      readonly what: 'survey'
      readonly score: number
      readonly comment: string | null
      readonly isInline: boolean
    }
  | { readonly at: number; readonly what: 'auto-csat'; readonly score: number }
  | { readonly at: number; readonly what: 'topics'; readonly topic: string; readonly driver: string }
  | { readonly at: number; readonly what: 'variables' }

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
    | 'dequeued'
    | 'connect'
  toQueue: ServiceQueue | null
  toSeat: Seat | null
}

export interface Ending {
  readonly type: 'normal' | 'abandoned' | 'sudden_disconnect'
  readonly by: 'Agent' | 'Customer' | 'System'
  readonly reason: string
  readonly abandoned: 'new' | 'queue' | 'agent-connect' | null
}

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
  /** The customer of an earlier contact, where this one goes on with it. */
  readonly customerKey: string
  /** Kind inside the channel, such as WhatsApp; null where there is none. */
  readonly subType: string | null
  readonly mail: Mail | null
  /** Virtual agent that greeted; null for most. */
  readonly bot: string | null
  readonly campaign: Campaign | null
  /** Whom the flow asks first: CSR `preferredAgent…`; null for most. */
  readonly preferredAgent: Agent | null
  callback: Callback | null
  monitoring: Monitoring | null
  /** Ascending; filled in at the end. */
  readonly late: LateNews[]
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
  /** `ctq`, `ctq-reserved`, `ctq-accepted` */
  | 'queue-consult-requested'
  | 'queue-consult-reserved'
  | 'queue-consult-answered'
  /** `consult-error` */
  | 'consult-failed'
  /** `outdial-reserved`: chosen for a campaign call that is still being dialled. */
  | 'dial-reserved'
  /** `skill-update`: a mark in the agent's own time, interrupts nothing. */
  | 'skill-update'

export interface Stretch {
  readonly state: SlotState
  readonly start: number
  end: number | null
  readonly idleCode?: Named | undefined
  readonly wrapUpCode?: Named | undefined
  readonly task?: TaskScript | undefined
  readonly queue?: ServiceQueue | undefined
  /** The supervisor who forced the state. */
  readonly changedBy?: Agent | undefined
  /** Reached through an entry point. */
  readonly isViaEntryPoint?: boolean | undefined
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
