import type { UnprovedWindow } from '@wxcc/db/ledger-status'

/** What a finding of the ledger means, for people. */
const FINDINGS: Readonly<Record<string, string>> = {
  rows_missing: 'fewer records arrived than the vendor counts',
  rows_extra: 'more records are stored than the vendor counts',
  content_differs: 'as many records as the vendor counts, but it has changed one since',
  activities_missing: 'records arrived with fewer activities than the vendor counts',
}

/** One unproved quarter hour in a line: which, how far it is off, and why. */
export function windowLine(window: UnprovedWindow): string {
  const reason =
    window.finding === null ? 'not yet' : `${FINDINGS[window.finding] ?? 'see the finding'} (${window.finding})`
  const figures = `${window.stored ?? '?'} of ${window.expected ?? '?'} stored${window.incomplete ? `, ${window.incomplete} incomplete` : ''}`
  return `${window.dataSourceKey} ${window.stream} ${window.windowStart.toISOString()} ${window.state}: ${figures}; ${reason}`
}
