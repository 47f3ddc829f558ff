import { appendFileSync } from 'node:fs'
import { asOnlyPlanner } from '@wxcc/db/planning/planner-transaction'
import { listSources } from '@wxcc/db/data-source'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { MINUTE, QUARTER, addTestSource, openBench, NOON } from './ledger.testing.ts'
import { tick } from './tick.ts'
import { settleWindows } from './settle-windows.ts'
import { sweep } from './sweep.ts'
import { admit } from './admit.ts'
import { findLostJobs } from './find-lost-jobs.ts'
import { loadRange } from './load-range.ts'
import { openWindows } from '@wxcc/db/planning/open-windows'
import { planCensus } from './plan-census.ts'
import { planSpans } from './plan-spans.ts'
import { planChanges } from './plan-changes.ts'
import { planCaptures } from './plan-captures.ts'
import { planLongWatch } from './plan-long-watch.ts'
import { planConfiguration } from './plan-configuration.ts'
const database = useDatabase()
const { url: redisUrl, prefix } = useRedis()
test('profile', async () => {
  const bench = await openBench({ databaseUrl: database.url(), redisUrl, prefix })
  for (let i = 0; i < 6; i++) await addTestSource(bench.db, { key: `s${i}`, loadFromMs: NOON - 60 * 86400000 })
  bench.time.nowMs += QUARTER + 5 * MINUTE
  await tick(bench)
  // half counted as empty, some verified
  const now = new Date(bench.time.nowMs)
  await sql`update etl.fetch set state='done', finished_at=${now} where fetch_id % 2 = 0 or kind = 'configuration'`.execute(bench.db)
  await sql`update etl.load_window w set expected=0, expected_at=${now}, stored_at=null from etl.fetch f where f.kind='census' and f.state='done' and f.data_source_id=w.data_source_id and f.stream=w.stream and w.window_start>=f.range_start and w.window_start<f.range_end`.execute(bench.db)
  for (let k = 0; k < 6; k++) {
    bench.time.nowMs += MINUTE
    const nowMs = bench.time.nowMs
    const t: Record<string, number> = {}
    const time = async <T>(name: string, work: () => Promise<T>): Promise<T> => { const b = performance.now(); const r = await work(); t[name] = Math.round((t[name] ?? 0) + performance.now() - b); return r }
    const sources = await listSources(bench.db)
    const lost = await time('lost', () => findLostJobs(bench.db, bench.queues, nowMs))
    let settled = 0
    await asOnlyPlanner(bench.db, async (tx) => {
      await time('sweep', () => sweep(tx, lost, nowMs))
      settled = await time('settle', () => settleWindows(tx, nowMs))
      for (const source of sources) {
        const planned = { source, range: loadRange(source, nowMs), nowMs }
        for (const stream of ['task', 'agent_session'] as const) await time('open', () => openWindows(tx, { dataSourceId: source.dataSourceId, stream, fromMs: planned.range.fromMs, untilMs: planned.range.toMs, nowMs }))
        await time('conf', () => planConfiguration(tx, planned))
        await time('census', () => planCensus(tx, planned))
        await time('spans', () => planSpans(tx, planned, 1))
        await time('changes', () => planChanges(tx, planned))
        await time('watch', () => planLongWatch(tx, planned))
        await time('captures', () => planCaptures(tx, planned))
      }
      await time('admit', () => admit(tx, nowMs))
    })
    appendFileSync('/tmp/w5/profile.txt', JSON.stringify({ k, settled, ...t }) + '\n')
  }
  await bench.close()
  expect(1).toBe(1)
}, 300000)
