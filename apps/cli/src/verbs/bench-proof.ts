import { DAY_MS } from '@wxcc/contracts/window'
import { sql } from 'kysely'
import { type Seed, chooseSeeds, faultsAt } from '../bench/proof/choose-seeds.ts'
import { isProved, judgeProof } from '../bench/proof/judge-proof.ts'
import { liveUntil } from '../bench/proof/live-through.ts'
import { type ProofWorld, startProofWorld } from '../bench/proof/world.ts'
import { writeMeasured } from '../demo/figures.ts'
import { table } from '../table.ts'

export interface ProofFlags {
  readonly seed: number
  readonly tasksPerDay: number
  readonly days: number
  readonly short?: boolean
  readonly json?: string
}

const HOUR_MS = 60 * 60_000
const FROM_MS = Date.parse('2026-10-01T00:00:00Z')
/** The change pass brings what moved within the hour, so the clock goes by hours while something may move by itself: two days after the end of life. */
const LIVE_STEP_MS = HOUR_MS
const MOVING_MS = 2 * DAY_MS
/** Afterwards nothing moves but what was seeded. */
const LATER_STEP_MS = 12 * HOUR_MS
/** The latest edit comes four days after its task, the long watch within a day. */
const LATER_MS = 7 * DAY_MS
const SHOWN = 20

/**
 * `wxcc bench proof`: a month is loaded while it happens, and the simulated vendor drops, delays (up to 60 h), doubles and edits records all the time.
 * Each that is missing must be flagged and brought, each edit that can be told brought, and nothing else read twice.
 */
export async function benchProof(flags: ProofFlags): Promise<void> {
  const startedMs = performance.now()
  const days = flags.short ? 1 : flags.days
  const toMs = FROM_MS + days * DAY_MS
  const world = await startProofWorld({
    seed: flags.seed,
    tasksPerDay: flags.tasksPerDay,
    fromMs: FROM_MS,
    toMs,
  })
  try {
    const seeds = chooseSeeds(world.tasks, { seed: flags.seed, afterMs: 3 * LIVE_STEP_MS })
    console.log(`${world.tasks.length} tasks in ${days} days, ${seeds.length} of them tampered with`)
    const doublesServed = await liveThrough(world, { seeds, seed: flags.seed, toMs })
    const proof = await judgeProof(world.db, { tasks: world.tasks, seeds, toMs })
    const figures = {
      ...proof,
      doublesServed,
      seconds: Math.round((performance.now() - startedMs) / 1_000),
    }
    console.log(
      table(
        ['figure', 'value'],
        Object.entries(figures).map(([name, value]) => [name, String(value)]),
      ),
    )
    const hidden = seeds.filter(({ kind }) => kind === 'hidden').map(({ taskId }) => taskId)
    if (hidden.length > 0)
      console.log(
        `undetectable (a score alone changed): ${hidden.slice(0, SHOWN).join(', ')}${hidden.length > SHOWN ? ' …' : ''}`,
      )
    const ok = isProved(proof)
    if (flags.json !== undefined) await writeMeasured(flags.json, { ok, seed: flags.seed, figures })
    if (!ok && !flags.short) process.exitCode = 1
  } finally {
    await world.stop()
  }
}

/** Returns how many rows the vendor served twice in one page. */
async function liveThrough(
  world: ProofWorld,
  given: { readonly seeds: readonly Seed[]; readonly seed: number; readonly toMs: number },
): Promise<number> {
  const startedMs = performance.now()
  let doubles = 0
  // A morning in the middle of the life: jobs are under way.
  const flushMs = FROM_MS + Math.floor((given.toMs - FROM_MS) / DAY_MS / 2) * DAY_MS + 10 * HOUR_MS
  for (let atMs = FROM_MS + LIVE_STEP_MS; atMs <= given.toMs + LATER_MS;) {
    doubles += await countDoubles(world)
    await world.control('faults', undefined, 'DELETE')
    await world.control('faults', faultsAt(given.seeds, atMs, given.seed))
    if (atMs === flushMs) await flushUnderWay(world, atMs)
    await liveUntil(world, atMs)
    if (atMs % DAY_MS === 0)
      console.log(
        `${new Date(atMs).toISOString().slice(0, 10)} reached after ${Math.round((performance.now() - startedMs) / 1_000)} s`,
      )
    atMs += atMs < given.toMs + MOVING_MS ? LIVE_STEP_MS : LATER_STEP_MS
  }
  return doubles + (await countDoubles(world))
}

/** Empties Redis once jobs are in it. */
async function flushUnderWay({ db, control, flushRedis }: ProofWorld, atMs: number): Promise<void> {
  await control('clock', { nowMs: atMs })
  for (let queued = 0; queued === 0;) {
    const { rows } = await sql<{ queued: number }>`
      select count(*) as queued from etl.fetch where kind <> 'captures' and state in ('queued','fetched')`.execute(db)
    queued = rows[0]!.queued
  }
  await flushRedis()
  console.log('Redis is emptied')
}

async function countDoubles({ control }: ProofWorld): Promise<number> {
  const { faults } = (await control('faults')) as {
    readonly faults: readonly {
      readonly fault: { readonly kind: string }
      readonly served: readonly { readonly rows?: readonly string[] }[]
    }[]
  }
  const served = faults.filter(({ fault }) => fault.kind === 'doubleRows').flatMap((one) => one.served)
  return served.reduce((sum, { rows }) => sum + (rows?.length ?? 0), 0)
}
