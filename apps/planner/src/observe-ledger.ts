import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
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
