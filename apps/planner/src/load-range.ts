import type { Source } from '@wxcc/db/data-source'
import { type Window, floorToWindow } from '@wxcc/contracts/window'

/** The streams that are planned so far; task legs come with the organisations that have them. */
export const PLANNED_STREAMS = ['task', 'agent_session'] as const

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
