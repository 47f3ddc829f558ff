import { type AarRecord, type AsrRecord } from '../rules/records.ts'
import type { ReadPage } from './page-reader.ts'
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
}

/** Puts ASR pages and AAR pages of one fetch together, in order of login. A login without an ASR is left out; its window's count will tell. */
export function collectSessions(pages: readonly ReadPage[]): SessionCopy[] {
  const drafts = new Map<string, Draft>()
  for (const page of pages) {
    for (const record of recordsOf(page, 'agentSession', 'agentSessions')) {
      const id = textMember(record, 'agentSessionId')
      if (id === null) continue
      const draft = drafts.get(id) ?? { asr: null, channels: new Map<string, ChannelDraft>() }
      drafts.set(id, draft)
      if (page.recordKind === 'asr') draft.asr = record as AsrRecord
      addChannels(draft, member(record, 'channelInfo'))
    }
  }
  return [...drafts.entries()].flatMap(([sessionId, draft]) => finish(sessionId, draft)).toSorted(byLogin)
}

function addChannels(draft: Draft, channelInfo: unknown): void {
  if (!Array.isArray(channelInfo)) return
  for (const info of channelInfo as unknown[]) {
    const id = textMember(info, 'channelId')
    if (id === null) continue
    const channel = draft.channels.get(id) ?? { channelType: null, totalCount: null, figures: {}, activities: [] }
    draft.channels.set(id, channel)
    channel.channelType ??= textMember(info, 'channelType')
    Object.assign(channel.figures, figuresOf(info))
    const { nodes, totalCount } = activitiesOf<AarRecord>(info)
    channel.activities.push(...nodes)
    if (totalCount !== null) channel.totalCount = Math.max(channel.totalCount ?? 0, totalCount)
  }
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
  return [{ sessionId, asr: draft.asr, channels }]
}

function byLogin(a: SessionCopy, b: SessionCopy): number {
  return a.asr.startTime - b.asr.startTime || (a.sessionId < b.sessionId ? -1 : 1)
}
