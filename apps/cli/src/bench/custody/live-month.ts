import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { liveUntil } from '../proof/live-through.ts'
import type { ProofWorld } from '../proof/world.ts'
import type { TrueFile, VendorTask } from './judge-month.ts'

const HOUR_MS = 3_600_000
/** Leaps of the clock: many enough that a call is asked for on its day. */
const LIVE_STEP_MS = 6 * HOUR_MS
/** Afterwards only what was asked for in vain is asked for again. */
const LATER_STEP_MS = 12 * HOUR_MS
const LATER_MS = 20 * 24 * HOUR_MS
const NUDGE_MS = 5_000
const DELAYED_MS = 60_000
const POLL_MS = 20
const PATIENCE_MS = 120_000
const TASKS_PER_LISTING = 10

/** On requests for files and for listings, all month long; every so many-th is hit. */
export const MONTH_FAULTS = [
  ...['expireLinks', 'expireMidDownload', 'cutBody', 'captureErrorPage', 'captureWrongLength'].map((kind, at) => ({
    match: { path: '/_files' },
    skip: at,
    every: 11,
    fault: { kind },
  })),
  { match: { path: '/v1/captures' }, skip: 3, every: 17, fault: { kind: 'status', status: 503 } },
  { match: { path: '/v1/captures' }, skip: 7, every: 19, fault: { kind: 'malformedJson' } },
]

/** Lives through `[fromMs, toMs)`, then on until nothing is asked for any more. */
export async function liveMonth(
  world: ProofWorld,
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<void> {
  for (let atMs = span.fromMs + LIVE_STEP_MS; atMs <= span.toMs + LATER_MS;) {
    await liveUntil(world, atMs)
    const open = await untilListed(world)
    if (atMs >= span.toMs + LIVE_STEP_MS && open === 0) return
    atMs += atMs < span.toMs + LIVE_STEP_MS ? LIVE_STEP_MS : LATER_STEP_MS
  }
}

/** Until every listing that is due has ended, and too few tasks are due for another; returns how many captures are still expected. */
async function untilListed({ db, control }: ProofWorld): Promise<number> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const { nowMs } = (await control('clock')) as { readonly nowMs: number }
    const [now, soon] = [new Date(nowMs), new Date(nowMs + DELAYED_MS)]
    const { rows } = await sql<{ busy: number; delayed: number; first: number; again: number; open: number }>`
      with listings as (
        select coalesce(not_before > ${now}, false) as later from etl.fetch
        where kind = 'captures' and state in ('pending','queued','running') and (not_before is null or not_before <= ${soon})),
      due as (
        select c.task_id, bool_and(c.fetch_id is null and c.attempts = 0) as is_first from etl.capture c
        left join etl.fetch f on f.fetch_id = c.fetch_id
        where c.state = 'expected' and (c.not_before is null or c.not_before <= ${now}) and (f.fetch_id is null or f.state in ('done','failed'))
        group by 1)
      select (select count(*) filter (where not later) from listings) as busy, (select count(*) filter (where later) from listings) as delayed,
             (select count(*) filter (where is_first) from due) as first, (select count(*) filter (where not is_first) from due) as again,
             (select count(*) from etl.capture where state in ('expected','downloading')) as open`.execute(db)
    const { busy, delayed, first, again, open } = rows[0]!
    const isIdle = busy === 0 && first < TASKS_PER_LISTING && again < TASKS_PER_LISTING
    if (isIdle && delayed === 0) return open
    if (isIdle) await control('clock', { advanceMs: NUDGE_MS })
    if (performance.now() > deadline) throw new Error(`captures: ${JSON.stringify(rows[0])}`)
    await sleep(POLL_MS)
  }
}

/** First listings against the fewest that would have done; what was asked again stands apart. */
export async function countListings({ db }: ProofWorld): Promise<{
  readonly listingRatio: number
  readonly firstListings: number
  readonly tasksAsked: number
  readonly repeatedListings: number
}> {
  const { rows } = await sql<{ first: number; asked: number; repeated: number }>`
    select count(*) filter (where reason = 'live') as first, count(*) filter (where reason <> 'live') as repeated,
           (select count(distinct t) from etl.fetch f, unnest(f.task_ids) t where f.kind = 'captures' and f.reason = 'live') as asked
    from etl.fetch where kind = 'captures'`.execute(db)
  const { first, asked, repeated } = rows[0]!
  const listingRatio = Math.round((first / Math.ceil(asked / TASKS_PER_LISTING)) * 1_000) / 1_000
  return { listingRatio, firstListings: first, tasksAsked: asked, repeatedListings: repeated }
}

export async function trueFiles(world: ProofWorld, span: { readonly fromMs: number; readonly toMs: number }) {
  return (await world.control(`truth/captures?from=${span.fromMs}&to=${span.toMs}`)) as readonly TrueFile[]
}

/** Asks Search as anybody would, not through our client. */
export async function vendorTasks(
  { vendorUrl, tasks }: ProofWorld,
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<VendorTask[]> {
  const grant = {
    grant_type: 'refresh_token',
    client_id: 'simulated-client',
    client_secret: 'simulated-secret',
    refresh_token: 'simulated-refresh-token',
  }
  const granted = await fetch(`${vendorUrl}/v1/access_token`, { method: 'POST', body: new URLSearchParams(grant) })
  const { access_token: token } = (await granted.json()) as { readonly access_token: string }
  const found: VendorTask[] = []
  for (let fromMs = span.fromMs; fromMs < span.toMs; fromMs += HOUR_MS) {
    const members = 'id channelType status captureRequested recordingCount'
    const query = `{ taskDetails(from: ${fromMs}, to: ${fromMs + HOUR_MS}) { tasks { ${members} } } }`
    const answer = await fetch(`${vendorUrl}/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
    const { data } = (await answer.json()) as {
      readonly data: { readonly taskDetails: { readonly tasks: VendorTask[] } }
    }
    found.push(...data.taskDetails.tasks)
  }
  if (found.length !== tasks.length) throw new Error(`Search names ${found.length} tasks, the script ${tasks.length}`)
  return found
}
