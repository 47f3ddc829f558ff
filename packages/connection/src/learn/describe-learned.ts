import type { Source } from '@wxcc/db/data-source'
import type { Learned } from '@wxcc/db/learned'
import { type Finding, good, skipped, warn } from '../check.ts'

const MINUTE_MS = 60_000

/** What was learned of a source, as lines of the doctor's table. */
export function describeLearned(source: Source, learned: Learned): Finding[] {
  const { edges, maxSpanDays, settleMs, settledRecords, refreshTokenRotates, refreshLifeRestarts } = learned
  return [
    edges === null
      ? skipped('Edges of a range', 'no record of the last month to try with')
      : good('Edges of a range', `${edges}: spans are cut so that any of them loses nothing`),
    maxSpanDays === null
      ? warn('Longest range', 'shorter than 365 days, or refused', 'tell us: this is not what the vendor documents')
      : good('Longest range', `${maxSpanDays} days; 365 are used`),
    settleMs === null
      ? skipped('Settle time', 'no record showed while it was watched: try in office hours, with a longer --watch')
      : settleMs <= source.settleMs
        ? good('Settle time', `the latest of ${settledRecords} showed after ${Math.ceil(settleMs / 1_000)} s`)
        : warn(
            'Settle time',
            `the latest of ${settledRecords} showed after ${Math.ceil(settleMs / 1_000)} s, quarter hours are read after ${source.settleMs / 1_000} s`,
            `nothing is lost, but read twice: wxcc sources set --key ${source.key} --settle-minutes ${Math.ceil(settleMs / MINUTE_MS)}`,
          ),
    refreshTokenRotates === null
      ? skipped('Refresh token', 'not tried')
      : good('Refresh token', refreshTokenRotates ? 'another one with every refresh' : 'stays the same'),
    refreshLifeRestarts === null
      ? skipped('Refresh token’s life', 'too soon after the last refresh to tell')
      : refreshLifeRestarts
        ? good('Refresh token’s life', 'begins anew with every refresh')
        : warn('Refresh token’s life', 'goes on', 'somebody has to consent again before it ends; alarms will tell'),
  ]
}
