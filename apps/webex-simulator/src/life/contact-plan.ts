import { MINUTE_MS, SECOND_MS } from './clock-units.ts'
import type { Random } from './random.ts'
import type { Channel } from './org.ts'

type Closing =
  | 'customer leaves'
  | 'agent ends'
  | 'transfer to agent'
  | 'transfer to number'
  | 'transfer to queue'
  | 'consult and transfer'
  | 'consult and come back'
  | 'conference'

export interface TalkPlan {
  /** Talk and hold in turn; the last talk ends in `closing`. */
  readonly holds: readonly { readonly talkMs: number; readonly holdMs: number }[]
  readonly lastTalkMs: number
  readonly isRecordingPaused: boolean
  readonly isLong: boolean
  readonly closing: Closing
}

/** What the customer came for and how long they bear it. Whether it comes to pass depends on who is free. */
export interface ContactPlan {
  readonly channel: Channel
  readonly isOutdial: boolean
  readonly menuMs: number
  readonly menuNodes: number
  readonly afterMenu: 'queue' | 'self-service' | 'gives up'
  readonly hasLateFlowNode: boolean
  readonly patienceMs: number
  /** After so long in one queue the flow moves the contact to another one; null for most. */
  readonly overflowAfterMs: number | null
  readonly talk: TalkPlan
  readonly recordedParts: 1 | 2
  /** Asked for and made, but the file never appears. */
  readonly isRecordingLost: boolean
}

const VOICE_CLOSINGS: readonly (readonly [number, Closing])[] = [
  [600, 'customer leaves'],
  [210, 'agent ends'],
  [40, 'transfer to queue'],
  [30, 'transfer to agent'],
  [25, 'transfer to number'],
  [30, 'consult and transfer'],
  [40, 'consult and come back'],
  [25, 'conference'],
]
const CHAT_CLOSINGS: readonly (readonly [number, Closing])[] = [
  [60, 'customer leaves'],
  [35, 'agent ends'],
  [5, 'transfer to queue'],
]
const SECOND_CLOSINGS: readonly (readonly [number, Closing])[] = [
  [70, 'customer leaves'],
  [30, 'agent ends'],
]

/** @param lostRecordings share of contacts whose recording never appears, 0 to 1 */
export function planContact(random: Random, lostRecordings: number): ContactPlan {
  const [channel, isOutdial] = random.pickWeighted<readonly [Channel, boolean]>([
    [68, ['telephony', false]],
    [25, ['chat', false]],
    [7, ['telephony', true]],
  ])
  const afterMenu = random.pickWeighted<ContactPlan['afterMenu']>(
    channel === 'chat'
      ? [
          [97, 'queue'],
          [3, 'gives up'],
        ]
      : [
          [89, 'queue'],
          [7, 'self-service'],
          [4, 'gives up'],
        ],
  )
  return {
    channel,
    isOutdial,
    menuMs: channel === 'chat' ? random.between(400, 4000) : Math.max(800, random.lognormalMs(18 * SECOND_MS, 0.8)),
    menuNodes: random.between(1, channel === 'chat' ? 2 : 4),
    afterMenu,
    hasLateFlowNode: random.chance(0.03),
    patienceMs: Math.max(4 * SECOND_MS, random.lognormalMs(channel === 'chat' ? 4 * MINUTE_MS : 100 * SECOND_MS, 0.9)),
    overflowAfterMs: channel === 'telephony' && random.chance(0.25) ? random.between(35, 70) * SECOND_MS : null,
    talk: planTalk(random, channel, isOutdial ? SECOND_CLOSINGS : channel === 'chat' ? CHAT_CLOSINGS : VOICE_CLOSINGS),
    recordedParts: random.chance(0.06) ? 2 : 1,
    isRecordingLost: random.chance(lostRecordings),
  }
}

/** The conversation with the next agent, after a transfer: it never goes on to a third. */
export function planSecondTalk(random: Random, channel: Channel): TalkPlan {
  return planTalk(random, channel, SECOND_CLOSINGS)
}

function planTalk(random: Random, channel: Channel, closings: readonly (readonly [number, Closing])[]): TalkPlan {
  const closing = random.pickWeighted(closings)
  if (channel === 'chat') {
    const lastTalkMs = Math.max(30 * SECOND_MS, random.lognormalMs(5 * MINUTE_MS, 0.6))
    return { holds: [], lastTalkMs, isRecordingPaused: false, isLong: false, closing }
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
  return { holds, lastTalkMs, isRecordingPaused: random.chance(0.05), isLong, closing }
}
