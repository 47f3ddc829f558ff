import type { Clock } from '@wxcc/contracts/clock'
import { readBudgets } from '@wxcc/db/budget-status'
import type { Database } from '@wxcc/db/connect'
import { listConnections } from '@wxcc/db/connections'
import { countDeadLetters, countFetches, countUnprovedWindows } from '@wxcc/db/planning/gauges'
import { type Observation, observeGauge } from '@wxcc/telemetry/metrics'
import { ATTRIBUTES } from '@wxcc/telemetry/names'

/** What a person on call asks first, read from the ledger at every scrape. Returns what stops it. */
export function observeLedger(db: Database, clock: Clock): () => void {
  const stops = [
    observeGauge('windowsUnproved', async () =>
      (await countUnprovedWindows(db)).map(({ stream, windows }) => ({
        value: windows,
        attributes: { [ATTRIBUTES.stream]: stream },
      })),
    ),
    observeGauge('oldestDueWindow', async (): Promise<Observation[]> => {
      const nowMs = await clock()
      return (await countUnprovedWindows(db)).map(({ stream, oldestEndMs }) => ({
        value: Math.max(0, nowMs - oldestEndMs) / 1_000,
        attributes: { [ATTRIBUTES.stream]: stream },
      }))
    }),
    observeGauge('drainTime', async (): Promise<Observation[]> => {
      const nowMs = await clock()
      return (await readBudgets(db, nowMs)).flatMap(({ sources, drainedAt }) =>
        sources.map((source) => ({
          value: drainedAt === null ? 0 : (drainedAt.getTime() - nowMs) / 1_000,
          attributes: { [ATTRIBUTES.dataSource]: source },
        })),
      )
    }),
    observeGauge('connectionLife', async (): Promise<Observation[]> => {
      const nowMs = await clock()
      return (await listConnections(db)).flatMap(({ state, endsAtMs, sources }) => {
        // What the vendor did not tell is missing, not zero.
        if (state === 'active' && endsAtMs === null) return []
        const value = state === 'active' ? Math.max(0, endsAtMs! - nowMs) / 1_000 : 0
        return sources.map((source) => ({ value, attributes: { [ATTRIBUTES.dataSource]: source } }))
      })
    }),
    observeGauge('fetches', async () =>
      (await countFetches(db)).map(({ lane, state, fetches }) => ({
        value: fetches,
        attributes: { [ATTRIBUTES.lane]: lane, [ATTRIBUTES.state]: state },
      })),
    ),
    observeGauge('deadLetters', async () =>
      (await countDeadLetters(db)).map(({ code, letters }) => ({
        value: letters,
        attributes: { [ATTRIBUTES.code]: code },
      })),
    ),
  ]
  return () => stops.forEach((stop) => stop())
}
