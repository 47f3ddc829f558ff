import { type Admitted, admitFetches, nameDecisions } from '@wxcc/db/planning/admit'
import { type RequestRate, allowedPerMinute } from '@wxcc/contracts/request-rate'
import { readRates } from '@wxcc/db/request-rate'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import { ATTRIBUTES, SPANS } from '@wxcc/telemetry/names'
import { inSpan, traceparentOfActiveSpan } from '@wxcc/telemetry/trace'
import { type Delivery, delivery, queueOf } from './delivery.ts'

/** Work for this long is handed out per client id: enough that no worker waits for a tick, little enough that live work is never far behind. */
const MINUTES = 2
/** As the limiter in front of every request: 95 % of what is allowed. */
const SHARE = 0.95
/** Requests a lane may always have under way: about 2 % of the two minutes. */
const LANE_FLOOR = 12

/** Moves due fetches to `queued`; returns their jobs, to be handed over after commit. Each begins a trace of its own. */
export async function admit(tx: PlannerTransaction, nowMs: number): Promise<Delivery[]> {
  const caps = [...(await readRates(tx))].map(([clientId, rate]) => ({
    clientId,
    cap: isClosed(rate, nowMs) ? 0 : Math.floor(allowedPerMinute(rate, nowMs) * SHARE * MINUTES),
  }))
  const admitted = await admitFetches(tx, { nowMs, caps: caps.filter(({ cap }) => cap > 0), laneFloor: LANE_FLOOR })
  const decisions = await Promise.all(admitted.map(async (fetch) => ({ fetch, traceparent: await decide(fetch) })))
  await nameDecisions(
    tx,
    decisions.flatMap(({ fetch, traceparent }) =>
      traceparent === undefined ? [] : [{ fetchId: fetch.fetchId, traceparent }],
    ),
  )
  return decisions.map(({ fetch, traceparent }) =>
    delivery(queueOf(fetch), { fetchId: fetch.fetchId, generation: fetch.generation }, traceparent ?? null),
  )
}

/** What is handed out now would only be given back: the vendor has said from when on it may be asked. */
function isClosed({ closedUntilMs }: RequestRate, nowMs: number): boolean {
  return closedUntilMs !== null && closedUntilMs > nowMs
}

function decide(fetch: Admitted): Promise<string | undefined> {
  const attributes = {
    [ATTRIBUTES.fetchId]: fetch.fetchId,
    [ATTRIBUTES.dataSource]: fetch.dataSourceId,
    [ATTRIBUTES.kind]: fetch.kind,
    [ATTRIBUTES.lane]: fetch.lane,
    ...(fetch.stream === null ? {} : { [ATTRIBUTES.stream]: fetch.stream }),
    ...(fetch.fromMs === null || fetch.toMs === null
      ? {}
      : { [ATTRIBUTES.fromMs]: fetch.fromMs, [ATTRIBUTES.toMs]: fetch.toMs }),
  }
  return inSpan(SPANS.plannerTick, attributes, () => Promise.resolve(traceparentOfActiveSpan()))
}
