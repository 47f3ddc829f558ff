import type { Database } from '@wxcc/db/connect'
import { sql } from 'kysely'
import type { TaskTotals } from './task-totals.testing.ts'

/** What our rows of a task add up to, in the words of customer-journey-model §3.3. Times are ms. */
interface OurSums {
  readonly taskId: string
  readonly status: string
  readonly isAbandoned: boolean | null
  readonly stage: string | null
  readonly talkMs: number
  readonly holdMs: number
  readonly parkedMs: number
  readonly ringingMs: number
  readonly wrapUpMs: number
  readonly menuMs: number
  readonly agents: number
  readonly queues: number
  readonly syntheticQueues: number
  readonly blindTransfers: number
}

/** "Close" and "equal ± 1 s" of the model (ruling 34). */
const TOLERANCE_MS = 1_000

/**
 * What differs between our rows and the vendor's totals, one line each, of all tasks that have ended. A consult or a conference has legs of its own
 * in the vendor's sums of talk, queue and ringing, and is left apart there (ruling 34).
 */
export async function listDifferences(
  db: Database,
  dataSourceId: number,
  totals: ReadonlyMap<string, TaskTotals>,
): Promise<{ readonly compared: number; readonly differences: string[] }> {
  const sums = new Map((await readSums(db, dataSourceId)).map((task) => [task.taskId, task]))
  const ended = [...totals.values()].filter((task) => !task.isActive)
  return { compared: ended.length, differences: ended.flatMap((task) => compare(task, sums.get(task.id))) }
}

function compare(theirs: TaskTotals, ours: OurSums | undefined): string[] {
  if (ours?.status !== 'Completed') return [`${theirs.id} is ${ours?.status ?? 'missing'}`]
  const isApart = theirs.consultCount + theirs.consultToQueueCount + theirs.conferenceCount > 0
  const close = (what: string, our: number, their: number, toleranceMs = TOLERANCE_MS) =>
    Math.abs(our - their) > toleranceMs ? [`${theirs.id} ${what}: ours ${our}, theirs ${their}`] : []
  const equal = (what: string, our: unknown, their: unknown) =>
    our === their ? [] : [`${theirs.id} ${what}: ours ${String(our)}, theirs ${String(their)}`]
  return [
    ...close('hold', ours.holdMs, theirs.holdDuration),
    ...close('wrap-up', ours.wrapUpMs, theirs.wrapupDuration),
    ...(isApart
      ? []
      : [
          // The step of a blind transfer is still the agent's (ruling 1), but no talk to the vendor.
          ...close('talk', ours.talkMs, theirs.connectedDuration, TOLERANCE_MS * (1 + ours.blindTransfers)),
          ...close('queue', ours.parkedMs, theirs.queueDuration),
          // Whoever leaves while it rings, or is not reached, leaves no row of the offer.
          ...(ours.stage === 'ringing' || (theirs.isOutdial && ours.agents === 0)
            ? []
            : close('ringing', ours.ringingMs, theirs.ringingDuration)),
        ]),
    // A virtual agent is no menu (ruling 35).
    ...(theirs.botName === null ? close('menu', ours.menuMs, theirs.selfserviceDuration) : []),
    // The vendor's count knows a callback's second leg, and not the row that stands in for a missing one (rulings 20, 34).
    ...(theirs.isCallback === true && ours.queues + 1 === theirs.queueCount
      ? []
      : equal('queues', ours.queues - ours.syntheticQueues, theirs.queueCount - ours.syntheticQueues)),
    ...equal('handled', ours.agents > 0, theirs.isContactHandled),
    ...equal('abandoned', ours.isAbandoned, theirs.contactHandleType === 'abandoned'),
  ]
}

async function readSums(db: Database, dataSourceId: number): Promise<OurSums[]> {
  const { rows } = await sql<OurSums>`
    select c.source_task_id as "taskId", c.status, c.is_abandoned as "isAbandoned", c.abandoned_stage as stage,
      coalesce(sum(e.talk_time_ms) filter (where e.engagement_type = 'Agent'), 0)::bigint as "talkMs",
      coalesce(sum(e.hold_time_ms) filter (where e.engagement_type = 'Agent'), 0)::bigint as "holdMs",
      coalesce(sum(e.parked_time_ms) filter (where e.engagement_type = 'Queue'), 0)::bigint as "parkedMs",
      coalesce(sum(e.invitation_time_ms) filter (where e.engagement_type in ('Agent', 'Invitation') and coalesce(e.transfer_in_type, 'queue') in ('queue', 'entry_point')
        and not exists (select from bi.fact_engagement a where a.conversation_id = e.conversation_id and a.transfer_out_type = 'blind_agent'
          and a.start_time + a.engagement_time_ms * interval '1 ms' = e.start_time)), 0)::bigint as "ringingMs",
      (coalesce(sum(e.wrap_up_time_ms), 0) + coalesce(c.wrap_up_time_ms, 0))::bigint as "wrapUpMs",
      coalesce(sum(e.menu_time_ms) filter (where e.menu_phase = 'entry'), 0)::bigint as "menuMs",
      count(*) filter (where e.engagement_type = 'Agent') as agents,
      count(*) filter (where e.engagement_type = 'Queue') as queues,
      count(*) filter (where e.engagement_type = 'Queue' and e.is_synthetic) as "syntheticQueues",
      count(*) filter (where e.transfer_out_type like 'blind%' or e.transfer_out_type = 'entry_point') as "blindTransfers"
    from journey.conversation c
    left join bi.fact_engagement e on e.conversation_id = c.conversation_id and e.conversation_start_time = c.conversation_start_time
    where c.data_source_id = ${dataSourceId} and not c.is_deleted
    group by c.source_task_id, c.status, c.is_abandoned, c.abandoned_stage, c.wrap_up_time_ms`.execute(db)
  return rows
}
