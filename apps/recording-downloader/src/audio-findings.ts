import type { AudioFacts } from './check-content.ts'

/** A stored file may be odd without being wrong; each oddity is one of these words on its row. */
export type CaptureFinding = 'mono' | 'channels_unknown' | 'duration_differs' | 'type_differs' | 'unflagged'

export interface Channels {
  /** As the listing names who speaks: `Caller`, `Agent`, `VA`, `Others` (webex-cc-api §4.2). */
  readonly channel1: string | null
  readonly channel2: string | null
}

/** Start and stop of a listing are whole events of the call, the file begins a little later and ends a little earlier. */
const TOLERANCE_MS = 2_000
const TOLERANCE_SHARE = 0.05
/** What storage declares when nobody told it better. */
const UNTOLD_TYPES: ReadonlySet<string> = new Set(['application/octet-stream', 'binary/octet-stream'])

/** On which channel of the file the agent speaks; null when it has one channel, or the listing names no agent, or two. */
export function agentChannel(audio: AudioFacts, { channel1, channel2 }: Channels): 1 | 2 | null {
  if (audio.channels !== 2 || (channel1 === 'Agent') === (channel2 === 'Agent')) return null
  return channel1 === 'Agent' ? 1 : 2
}

export function audioFindings(
  audio: AudioFacts,
  listed: Channels & { readonly startMs: number | null; readonly endMs: number | null },
  declaredType: string | null,
): CaptureFinding[] {
  const { channel1, channel2, startMs, endMs } = listed
  const findings: CaptureFinding[] = []
  if (audio.channels === 1) findings.push('mono')
  else if (audio.channels !== 2 || channel1 === null || channel2 === null) findings.push('channels_unknown')
  if (audio.durationMs !== null && startMs !== null && endMs !== null && endMs >= startMs) {
    const expectedMs = endMs - startMs
    const allowedMs = Math.max(TOLERANCE_MS, expectedMs * TOLERANCE_SHARE)
    if (Math.abs(audio.durationMs - expectedMs) > allowedMs) findings.push('duration_differs')
  }
  if (declaredType !== null && !declaredType.startsWith('audio/') && !UNTOLD_TYPES.has(declaredType))
    findings.push('type_differs')
  return findings
}
