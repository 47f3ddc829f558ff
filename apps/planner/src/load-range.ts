import { STREAMS, type Stream } from '@wxcc/contracts/ledger'
import type { Source } from '@wxcc/db/data-source'
import { DAY_MS, type Window, floorToWindow } from '@wxcc/contracts/window'

/** The streams of a source: every organisation has tasks and agent sessions, some have task legs. */
export function streamsOf(source: Pick<Source, 'taskLegs'>): readonly Stream[] {
  return source.taskLegs === 'on' ? STREAMS : STREAMS.filter((stream) => stream !== 'task_leg')
}

/** Ranges may begin 36 months back at the most (webex-cc-api §3.4); a month before that there is still time for a second try. */
const REACH_MS = 1_095 * DAY_MS
const MARGIN_MS = 31 * DAY_MS

/** What began before this moment leaves the vendor's retention within a month: it is read before all other history. */
export function endangeredUntil(nowMs: number): number {
  return nowMs - REACH_MS + MARGIN_MS
}

/**
 * The quarter hours of a source that may be read now: closed, settled, and inside what it is told to load. Both ends lie on quarter hours;
 * `toMs` equals `fromMs` when there is none yet. A quarter that `loadUntilMs` cuts through is not read.
 */
export function loadRange(source: Pick<Source, 'loadFromMs' | 'loadUntilMs' | 'settleMs'>, nowMs: number): Window {
  const fromMs = floorToWindow(source.loadFromMs)
  const settledMs = floorToWindow(nowMs - source.settleMs)
  const endMs = source.loadUntilMs === null ? settledMs : Math.min(settledMs, floorToWindow(source.loadUntilMs))
  return { fromMs, toMs: Math.max(fromMs, endMs) }
}
