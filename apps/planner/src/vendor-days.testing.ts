import { randomUUID } from 'node:crypto'
import { DAY_MS, floorToDay, floorToWindow } from '@wxcc/contracts/window'
import type { Source } from '@wxcc/db/data-source'
import { claimFetch, finishFetch } from '@wxcc/db/fetch-claim'
import { recordCensus, recordDayCounts } from '@wxcc/db/load-window'
import { type Bench, MINUTE, answerConfigurations, mapFetch, queuedFetches } from './ledger.testing.ts'
import { tick } from './tick.ts'

/** A task at the vendor. */
export interface VendorTask {
  readonly createdMs: number
  durationMs: number
  activityMs: number
  isOpen?: boolean
  /** Neither counted nor listed before. */
  readonly visibleFromMs?: number
  /** Counted, but missing from lists until then. */
  listedFromMs?: number
}

/** What the planner asked of the vendor so far. */
export interface Asked {
  readonly censuses: { readonly dayMs: number; readonly atMs: number }[]
  readonly watches: { readonly fromMs: number; readonly toMs: number; readonly atMs: number }[]
  readonly spans: { readonly fromMs: number; readonly toMs: number; readonly atMs: number; readonly lane: string }[]
}

/** A vendor with tasks and no agent sessions, and a fetcher and mapper that store what it lists. */
export class VendorDays {
  readonly asked: Asked = { censuses: [], watches: [], spans: [] }
  readonly #bench: Bench
  readonly #source: Source
  readonly #tasks: VendorTask[]
  readonly #held = new Map<VendorTask, string>()

  constructor(bench: Bench, source: Source, tasks: VendorTask[]) {
    this.#bench = bench
    this.#source = source
    this.#tasks = tasks
  }

  forget(): void {
    this.asked.censuses.length = 0
    this.asked.watches.length = 0
    this.asked.spans.length = 0
  }

  /** Moves the clock, then ticks and answers until nothing is asked any more. */
  async at(nowMs: number): Promise<void> {
    const { time } = this.#bench
    time.nowMs = Math.max(nowMs, time.nowMs)
    for (let answered = 1; answered > 0; time.nowMs += 1_000) {
      await tick(this.#bench)
      await answerConfigurations(this.#bench)
      answered = (await this.#count()) + (await this.#read())
    }
  }

  /** What a change pass does: the newest copy is stored, and no window is touched. */
  async bring(task: VendorTask): Promise<void> {
    const page = await this.#bench.db.selectFrom('etl.raw_page').selectAll().limit(1).executeTakeFirstOrThrow()
    await this.#store(task, page.fetch_id, page.raw_page_id)
  }

  #visible(fromMs: number, toMs: number): VendorTask[] {
    const { nowMs } = this.#bench.time
    return this.#tasks.filter(
      (task) => task.createdMs >= fromMs && task.createdMs < toMs && (task.visibleFromMs ?? 0) <= nowMs,
    )
  }

  async #count(): Promise<number> {
    const { db, time } = this.#bench
    const queued = await queuedFetches(db, 'census')
    for (const { fetch_id: fetchId, generation } of queued) {
      const claim = (await claimFetch(db, { fetchId, generation, nowMs: time.nowMs, leaseMs: MINUTE }))!
      const { stream, fromMs, toMs } = { stream: claim.stream!, fromMs: claim.fromMs!, toMs: claim.toMs! }
      const tasks = stream === 'task' ? this.#visible(fromMs, toMs) : []
      const census = {
        dataSourceId: claim.dataSourceId,
        stream,
        countedAtMs: time.nowMs,
        fetchId,
        trackingIds: [`census-${fetchId}`],
      }
      const isWatch = toMs - fromMs > DAY_MS
      await db.transaction().execute(async (tx) => {
        if (isWatch) {
          const counts = figures(tasks, floorToDay).map(({ startMs, ...of }) => ({ dayStartMs: startMs, ...of }))
          await recordDayCounts(tx, { ...census, fromMs, toMs, counts })
        } else {
          const counts = figures(tasks, floorToWindow).map(({ startMs, ...of }) => ({ windowStartMs: startMs, ...of }))
          await recordCensus(tx, { ...census, dayFromMs: fromMs, dayToMs: toMs, counts })
        }
        await finishFetch(tx, { claim, to: 'done', nowMs: time.nowMs, requests: 1 })
      })
      if (stream !== 'task') continue
      if (isWatch) this.asked.watches.push({ fromMs, toMs, atMs: time.nowMs })
      else this.asked.censuses.push({ dayMs: fromMs, atMs: time.nowMs })
    }
    return queued.length
  }

  async #read(): Promise<number> {
    const { db, time } = this.#bench
    const queued = await queuedFetches(db, 'span')
    for (const span of queued) {
      const [fromMs, toMs] = [span.range_start!.getTime(), span.range_end!.getTime()]
      const { raw_page_id: pageId } = await db
        .insertInto('etl.raw_page')
        .values({
          data_source_id: span.data_source_id,
          fetch_id: span.fetch_id,
          generation: span.generation,
          record_kind: 'csr',
          page_no: 1,
          object_key: randomUUID(),
          byte_size: 1,
          sha256: Buffer.from('x'),
          record_count: 1,
          tracking_id: `page-${span.fetch_id}`,
          fetched_at: new Date(time.nowMs),
        })
        .returning('raw_page_id')
        .executeTakeFirstOrThrow()
      if (span.stream === 'task' && span.reason !== 'change') {
        const listed = this.#visible(fromMs, toMs).filter((task) => (task.listedFromMs ?? 0) <= time.nowMs)
        for (const task of listed) await this.#store(task, span.fetch_id, pageId)
        this.asked.spans.push({ fromMs, toMs, atMs: time.nowMs, lane: span.lane })
      }
      await mapFetch(this.#bench, span)
    }
    return queued.length
  }

  async #store(task: VendorTask, fetchId: number, pageId: number): Promise<void> {
    const { db } = this.#bench
    const taskId = this.#held.get(task) ?? randomUUID()
    const facts = { status: task.isOpen === true ? 'In Progress' : 'Completed', source_total_ms: task.durationMs }
    const source = { last_activity_time: new Date(task.activityMs), csr_page_id: pageId, fetch_id: fetchId }
    if (this.#held.has(task)) {
      await db.updateTable('journey.conversation').set(facts).where('source_task_id', '=', taskId).execute()
      await db.updateTable('etl.task_source').set(source).where('task_id', '=', taskId).execute()
      return
    }
    this.#held.set(task, taskId)
    await db
      .insertInto('journey.conversation')
      .values({
        conversation_id: taskId,
        conversation_start_time: new Date(task.createdMs),
        data_source_id: this.#source.dataSourceId,
        source_task_id: taskId,
        channel_type: 'Voice',
        direction: 'Inbound',
        ...facts,
      })
      .execute()
    await db
      .insertInto('etl.task_source')
      .values({
        data_source_id: this.#source.dataSourceId,
        task_id: taskId,
        created_time: new Date(task.createdMs),
        held_count: 1,
        car_page_ids: [pageId],
        mapping_version: 1,
        ...source,
      })
      .execute()
  }
}

/** Figures per bucket, as the vendor tells them. */
function figures(tasks: readonly VendorTask[], floor: (timeMs: number) => number) {
  const buckets = Map.groupBy(tasks, (task) => floor(task.createdMs))
  return [...buckets].map(([startMs, of]) => ({
    startMs,
    count: of.length,
    sumDurationMs: of.reduce((sum, { durationMs }) => sum + durationMs, 0),
    maxLastActivityMs: Math.max(...of.map(({ activityMs }) => activityMs)),
  }))
}
