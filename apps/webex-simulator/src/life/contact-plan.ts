import { MINUTE_MS, SECOND_MS } from './clock-units.ts'
import type { Random } from './random.ts'
import type { Channel } from './org.ts'

export type Closing =
  | 'customer leaves'
  | 'agent ends'
  | 'transfer to agent'
  | 'transfer to number'
  | 'transfer to queue'
  | 'consult and transfer'
  | 'consult and come back'
  | 'conference'
  | 'transfer to entry point'
  | 'blind transfer unanswered'
  | 'consult to queue and come back'
  | 'consult to queue and transfer'
  | 'consult to entry point'
  | 'consult to entry point unanswered'
  | 'consult to number'
  | 'consult unanswered'
  | 'left during transfer'

export interface TalkPlan {
  /** Talk and hold in turn; the last talk ends in `closing`. */
  readonly holds: readonly { readonly talkMs: number; readonly holdMs: number }[]
  readonly lastTalkMs: number
  readonly isRecordingPaused: boolean
  readonly isLong: boolean
  /** The line breaks right after it was connected. */
  readonly isSudden: boolean
  readonly closing: Closing
}

/** What the customer came for and how long they bear it. Whether it comes to pass depends on who is free. */
export interface ContactPlan {
  readonly channel: Channel
  readonly isOutdial: boolean
  /** Dialled by a campaign; then `isOutdial` is true, too. */
  readonly isCampaign: boolean
  /** How the flow before the queue tells its steps. */
  readonly menuStyle: 'nodes' | 'older rows' | 'bot'
  readonly menuMs: number
  readonly menuNodes: number
  readonly afterMenu: 'queue' | 'self-service' | 'gives up' | 'web callback'
  readonly hasLateFlowNode: boolean
  readonly patienceMs: number
  /** After so long in one queue the flow moves the contact to another one; null for most. */
  readonly overflowAfterMs: number | null
  /** After so long in the queue the customer asks to be called back; null for most. */
  readonly callbackAfterMs: number | null
  readonly isCallbackFailing: boolean
  readonly hasTreatmentInQueue: boolean
  /** The flow goes on asking while the customer waits. */
  readonly hasSelfServiceInQueue: boolean
  /** So many agents do not take it before one does. */
  readonly misses: number
  /** Asks for a skill that nobody on duty has. */
  readonly isUnservable: boolean
  /** The customer is somebody's. */
  readonly hasPreferredAgent: boolean
  /** An agent picks it from the queue. */
  readonly isManual: boolean
  readonly isMonitored: boolean
  readonly survey: 'inline' | 'deferred' | null
  readonly talk: TalkPlan
  readonly recordedParts: 1 | 2
  /** Asked for and made, but the file never appears. */
  readonly isRecordingLost: boolean
}

const VOICE_CLOSINGS: readonly (readonly [number, Closing])[] = [
  [560, 'customer leaves'],
  [195, 'agent ends'],
  [35, 'transfer to queue'],
  [25, 'transfer to agent'],
  [22, 'transfer to number'],
  [26, 'consult and transfer'],
  [30, 'consult and come back'],
  [22, 'conference'],
  [14, 'transfer to entry point'],
  [12, 'blind transfer unanswered'],
  [16, 'left during transfer'],
  [14, 'consult to queue and come back'],
  [14, 'consult to queue and transfer'],
  [22, 'consult to entry point'],
  [9, 'consult to entry point unanswered'],
  [12, 'consult to number'],
  [14, 'consult unanswered'],
]
const CHAT_CLOSINGS: readonly (readonly [number, Closing])[] = [
  [60, 'customer leaves'],
  [35, 'agent ends'],
  [5, 'transfer to queue'],
]
const MAIL_CLOSINGS: readonly (readonly [number, Closing])[] = [
  [92, 'agent ends'],
  [8, 'transfer to queue'],
]
/** Nobody called us, so none of these ends in a queue (customer-journey-model §2.3-13). */
const OUTDIAL_CLOSINGS: readonly (readonly [number, Closing])[] = [
  [58, 'customer leaves'],
  [24, 'agent ends'],
  [4, 'consult and come back'],
  [4, 'consult to queue and come back'],
  [3, 'consult to entry point'],
  [3, 'conference'],
  [2, 'transfer to agent'],
  [2, 'consult and transfer'],
]
const SECOND_CLOSINGS: readonly (readonly [number, Closing])[] = [
  [70, 'customer leaves'],
  [30, 'agent ends'],
]

const isDigital = (channel: Channel) => channel !== 'telephony'

/** @param lostRecordings share of contacts whose recording never appears, 0 to 1 */
export function planContact(random: Random, lostRecordings: number): ContactPlan {
  const [channel, way] = random.pickWeighted<readonly [Channel, 'inbound' | 'outdial' | 'campaign']>([
    [59, ['telephony', 'inbound']],
    [17, ['chat', 'inbound']],
    [8, ['email', 'inbound']],
    [5, ['social_channel', 'inbound']],
    [6, ['telephony', 'outdial']],
    [5, ['telephony', 'campaign']],
  ])
  const digital = isDigital(channel)
  const afterMenu = random.pickWeighted<ContactPlan['afterMenu']>(
    channel === 'email'
      ? [[100, 'queue']]
      : digital
        ? [
            [97, 'queue'],
            [3, 'gives up'],
          ]
        : [
            [880, 'queue'],
            [70, 'self-service'],
            [42, 'gives up'],
            [8, 'web callback'],
          ],
  )
  const callbackAfterMs = !digital && random.chance(0.2) ? random.between(15, 40) * SECOND_MS : null
  const misses = random.chance(0.01) ? random.between(3, 4) : 0
  return {
    channel,
    isOutdial: way !== 'inbound',
    isCampaign: way === 'campaign',
    menuStyle: digital
      ? random.pickWeighted([
          [85, 'nodes'],
          [channel === 'email' ? 0 : 15, 'bot'],
        ] as const)
      : random.pickWeighted([
          [88, 'nodes'],
          [7, 'older rows'],
          [5, 'bot'],
        ] as const),
    menuMs: digital ? random.between(400, 4000) : Math.max(800, random.lognormalMs(18 * SECOND_MS, 0.8)),
    menuNodes: random.between(1, digital ? 2 : 4),
    afterMenu,
    hasLateFlowNode: random.chance(0.03),
    patienceMs: patienceOf(random, channel) + misses * 60 * SECOND_MS,
    overflowAfterMs: !digital && random.chance(0.4) ? random.between(30, 60) * SECOND_MS : null,
    callbackAfterMs,
    isCallbackFailing: random.chance(0.35),
    hasTreatmentInQueue: random.chance(0.3),
    hasSelfServiceInQueue: !digital && random.chance(0.08),
    misses,
    isUnservable: channel === 'email' && random.chance(0.05),
    hasPreferredAgent: channel === 'telephony' && way === 'inbound' && random.chance(0.04),
    isManual: (channel === 'email' || channel === 'social_channel') && random.chance(0.15),
    isMonitored: !digital && random.chance(0.04),
    survey: random.chance(0.12) ? (digital || random.chance(0.3) ? 'deferred' : 'inline') : null,
    talk: planTalk(random, channel, way === 'inbound' ? closingsOf(channel) : OUTDIAL_CLOSINGS),
    recordedParts: random.chance(0.06) ? 2 : 1,
    isRecordingLost: random.chance(lostRecordings),
  }
}

/** Who writes a mail has time; after an hour or two the flow gives up on it. */
function patienceOf(random: Random, channel: Channel): number {
  if (channel === 'email') return random.between(25, 110) * MINUTE_MS
  const median = channel === 'telephony' ? 100 * SECOND_MS : 4 * MINUTE_MS
  return Math.max(4 * SECOND_MS, random.lognormalMs(median, 0.9))
}

function closingsOf(channel: Channel) {
  if (channel === 'telephony') return VOICE_CLOSINGS
  return channel === 'email' ? MAIL_CLOSINGS : CHAT_CLOSINGS
}

/** The conversation with the next agent, after a transfer: it never goes on to a third. */
export function planSecondTalk(random: Random, channel: Channel): TalkPlan {
  return planTalk(random, channel, SECOND_CLOSINGS)
}

function planTalk(random: Random, channel: Channel, closings: readonly (readonly [number, Closing])[]): TalkPlan {
  const closing = random.pickWeighted(closings)
  if (isDigital(channel)) {
    const median = channel === 'email' ? 9 * MINUTE_MS : 5 * MINUTE_MS
    const lastTalkMs = Math.max(30 * SECOND_MS, random.lognormalMs(median, 0.6))
    return { holds: [], lastTalkMs, isRecordingPaused: false, isLong: false, isSudden: false, closing }
  }
  if (closing === 'customer leaves' && random.chance(0.015)) {
    const lastTalkMs = random.between(900, 4000)
    return { holds: [], lastTalkMs, isRecordingPaused: false, isLong: false, isSudden: true, closing }
  }
  const isLong = random.chance(0.02)
  // Two rows a hold: from 12 holds on a task has more rows than one inner page of 25 shows, from 50 on more than one of 100.
  const holdCount = isLong
    ? random.pickWeighted([
        [75, random.between(12, 30)],
        [25, random.between(50, 64)],
      ])
    : random.pickWeighted([
        [80, 0],
        [14, 1],
        [6, random.between(2, 4)],
      ])
  const holds = Array.from({ length: holdCount }, () =>
    isLong
      ? { talkMs: random.between(5, 14) * SECOND_MS + random.between(0, 999), holdMs: random.between(3000, 9000) }
      : {
          talkMs: random.lognormalMs(60 * SECOND_MS, 0.6) + 8 * SECOND_MS,
          holdMs: random.lognormalMs(25 * SECOND_MS, 0.6) + SECOND_MS,
        },
  )
  const lastTalkMs = Math.max(15 * SECOND_MS, random.lognormalMs(210 * SECOND_MS, 0.7))
  return { holds, lastTalkMs, isRecordingPaused: random.chance(0.05), isLong, isSudden: false, closing }
}
