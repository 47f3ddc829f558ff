import { type AarRecord, type AsrRecord, knownMs } from '../rules/records.ts'
import type { ReadPage } from './page-reader.ts'
import type { NamelessRecord } from './task-assembler.ts'
import { activitiesOf, member, recordsOf, textMember } from './vendor-answer.ts'

/** One channel slot of a login: the vendor's counters, and the states met in this fetch. */
export interface ChannelCopy {
  readonly channelId: string
  readonly channelType: string
  /** `activities.totalCount`; null when no page had the slot's states. */
  readonly totalCount: number | null
  /** Counters, durations and times as delivered: numbers only, so no number anybody dials. */
  readonly figures: Readonly<Record<string, number>>
  readonly activities: readonly AarRecord[]
}

/** One fetch's copy of a login: its newest ASR and the AARs of its channels. */
export interface SessionCopy {
  readonly sessionId: string
  readonly asr: AsrRecord
  readonly channels: readonly ChannelCopy[]
  /** AARs without id, state or start, and channels without id, which are left out. */
  readonly malformedAars: number
}

/** The logins of one fetch, and what could not even be named. */
export interface CollectedSessions {
  readonly copies: readonly SessionCopy[]
  readonly nameless: readonly NamelessRecord[]
}

interface ChannelDraft {
  channelType: string | null
  totalCount: number | null
  figures: Record<string, number>
  readonly activities: AarRecord[]
}

interface Draft {
  asr: AsrRecord | null
  readonly channels: Map<string, ChannelDraft>
  malformedAars: number
}

/** Puts ASR pages and AAR pages of one fetch together, in order of login. A login without an ASR is left out; its window's count will tell. */
export function collectSessions(pages: readonly ReadPage[]): CollectedSessions {
  const drafts = new Map<string, Draft>()
  const nameless: NamelessRecord[] = []
  for (const page of pages) {
    for (const [place, record] of recordsOf(page, 'agentSession', 'agentSessions').entries()) {
      const id = textMember(record, 'agentSessionId')
      if (id === null) {
        nameless.push({ rawPageId: page.rawPageId, place })
        continue
      }
      const draft = drafts.get(id) ?? { asr: null, channels: new Map<string, ChannelDraft>(), malformedAars: 0 }
      drafts.set(id, draft)
      if (page.recordKind === 'asr') draft.asr = record as AsrRecord
      addChannels(draft, member(record, 'channelInfo'))
    }
  }
  return { copies: [...drafts].flatMap(([sessionId, draft]) => finish(sessionId, draft)).toSorted(byLogin), nameless }
}

function addChannels(draft: Draft, channelInfo: unknown): void {
  if (!Array.isArray(channelInfo)) return
  for (const info of channelInfo as unknown[]) {
    const id = textMember(info, 'channelId')
    if (id === null) {
      draft.malformedAars += 1
      continue
    }
    const channel = draft.channels.get(id) ?? { channelType: null, totalCount: null, figures: {}, activities: [] }
    draft.channels.set(id, channel)
    channel.channelType ??= textMember(info, 'channelType')
    Object.assign(channel.figures, figuresOf(info))
    const { nodes, totalCount } = activitiesOf<AarRecord>(info)
    const usable = nodes.filter(isUsable)
    draft.malformedAars += nodes.length - usable.length
    channel.activities.push(...usable)
    if (totalCount !== null) channel.totalCount = Math.max(channel.totalCount ?? 0, totalCount)
  }
}

function isUsable(activity: AarRecord): boolean {
  return typeof activity.id === 'string' && typeof activity.state === 'string' && Number.isFinite(activity.startTime)
}

function figuresOf(info: unknown): Record<string, number> {
  const figures = Object.entries(info as object).filter(([, value]) => typeof value === 'number')
  return Object.fromEntries(figures) as Record<string, number>
}

function finish(sessionId: string, draft: Draft): SessionCopy[] {
  if (draft.asr === null) return []
  const channels = [...draft.channels.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([channelId, channel]) => ({ ...channel, channelId, channelType: channel.channelType ?? 'unknown' }))
  return [{ sessionId, asr: draft.asr, channels, malformedAars: draft.malformedAars }]
}

/** Logins without a time come first; they are buried one by one. */
function byLogin(a: SessionCopy, b: SessionCopy): number {
  return (knownMs(a.asr.startTime) ?? 0) - (knownMs(b.asr.startTime) ?? 0) || (a.sessionId < b.sessionId ? -1 : 1)
}
