import { type Admitted, admitFetches, nameDecisions } from '@wxcc/db/planning/admit'
import type { PlannerTransaction } from '@wxcc/db/planning/planner-transaction'
import { ATTRIBUTES, SPANS } from '@wxcc/telemetry/names'
import { inSpan, traceparentOfActiveSpan } from '@wxcc/telemetry/trace'
import { type Delivery, QUEUE_OF_KIND, delivery } from './delivery.ts'

/** Work for this long is handed out per client id: enough that no worker waits for a tick, little enough that live work is never far behind. */
const MINUTES = 2
/** As the limiter in front of every request: 95 % of the vendor's limit. */
const SHARE = 0.95
/** Requests a lane may always have under way: about 2 % of the two minutes. */
const LANE_FLOOR = 12

/** Moves due fetches to `queued`; returns their jobs, to be handed over after commit. Each begins a trace of its own. */
export async function admit(tx: PlannerTransaction, nowMs: number): Promise<Delivery[]> {
  const admitted = await admitFetches(tx, { nowMs, minutes: MINUTES, share: SHARE, laneFloor: LANE_FLOOR })
  const decisions = await Promise.all(admitted.map(async (fetch) => ({ fetch, traceparent: await decide(fetch) })))
  await nameDecisions(
    tx,
    decisions.flatMap(({ fetch, traceparent }) =>
      traceparent === undefined ? [] : [{ fetchId: fetch.fetchId, traceparent }],
    ),
  )
  return decisions.map(({ fetch: { fetchId, generation, kind }, traceparent }) =>
    delivery(QUEUE_OF_KIND[kind], { fetchId, generation }, traceparent ?? null),
  )
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
