import { FAILURES, type FailureCode } from '@wxcc/contracts/failures'
import type { CaptureState, FetchState, Stream, WindowState } from '@wxcc/contracts/ledger'

/** What each state of a quarter hour means to an operator, and the sign that shows it besides its colour. */
export const WINDOW_WORDS: Record<WindowState, { readonly sign: string; readonly label: string }> = {
  planned: { sign: '', label: 'waiting to be loaded' },
  loaded: { sign: '·', label: 'loaded, not proved yet' },
  verified: { sign: '', label: 'complete' },
  sealed: { sign: '', label: 'complete, sealed' },
  short: { sign: '−', label: 'records missing' },
  over: { sign: '+', label: 'more than the source counts' },
  failed: { sign: '×', label: 'could not be loaded' },
  expired: { sign: '/', label: 'past retention' },
}

/** The planner's findings; a failed window's finding is the code of its fetch. */
const FINDING_WORDS: Readonly<Record<string, string>> = {
  rows_missing: 'The source counts records it does not list.',
  rows_extra: 'Records are stored that the source no longer counts.',
  content_differs: 'As many records as the source counts, but it holds other contents: one was edited.',
  activities_missing: 'Records came with fewer activities than the source says they have.',
}

/** A finding as a sentence; one this version does not know stays as it is. */
export function describeFinding(finding: string): string {
  return FINDING_WORDS[finding] ?? FAILURES[finding as FailureCode] ?? finding
}

export const STREAM_WORDS: Record<Stream, string> = {
  task: 'Tasks',
  agent_session: 'Agent sessions',
  task_leg: 'Call legs',
}

export const FETCH_WORDS: Partial<Record<FetchState, string>> = {
  pending: 'Waiting',
  queued: 'Queued',
  running: 'Running',
  fetched: 'To map',
  failed: 'Failed',
}

export const CAPTURE_WORDS: Record<CaptureState, string> = {
  expected: 'Expected',
  downloading: 'Downloading',
  stored: 'Stored',
  not_available: 'Not available',
  expired: 'Expired',
  refused: 'Refused',
  corrupt: 'Corrupt',
}

const count = new Intl.NumberFormat('en-GB')

export function formatCount(value: number): string {
  return count.format(value)
}

/** `22 Nov 14:45`, UTC. */
export function formatMoment(timeMs: number): string {
  return moment.format(timeMs).replace(',', '')
}

/** `Sun 22 Nov`, UTC. */
export function formatDay(timeMs: number): string {
  return day.format(timeMs).replace(',', '')
}

/** `22 Nov 2026`, UTC. */
export function formatDate(timeMs: number): string {
  return date.format(timeMs)
}

const date = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: '2-digit', month: 'short', year: 'numeric' })
const moment = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: '2-digit',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})
const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'short', day: '2-digit', month: 'short' })

/** `45 min`, `3 h 20 min`, `5 d 2 h`. */
export function formatAge(ageMs: number): string {
  const minutes = Math.max(0, Math.floor(ageMs / 60_000))
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** `4.2 MB`, decimal. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]!}`
}
