import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { FetchReason, RecordKind, Stream } from '@wxcc/contracts/ledger'
import type { Outcome } from '@wxcc/contracts/outcome'
import { connectDatabase, type Database } from '@wxcc/db/connect'
import { addSource, type Source } from '@wxcc/db/data-source'
import { type Claim, claimFetch, claimMapping, finishFetch, newFetch } from '@wxcc/db/fetch-claim'
import { claimCapture } from '@wxcc/db/journey/capture-mapping'
import { recordPage } from '@wxcc/db/raw-page'
import { openFolderStore } from '@wxcc/storage/folder-store'
import type { ObjectStore } from '@wxcc/storage/object-store'
import { mapFetchedSpan } from '../map-span.ts'
import type { Finding, MapperDeps } from '../mapper-job.ts'
import { mapCapture } from '../transcripts/map-capture.ts'
import { MINUTE, type SessionRecords, type TaskRecords, TEN } from './records.testing.ts'

interface FetchOptions {
  readonly reason?: FetchReason
  readonly toMs?: number
}

/** A source of its own in the file's database, a folder for its objects, and the mapper on top. */
export class MapperWorld {
  readonly db: Database
  readonly source: Source
  readonly findings: Finding[] = []
  readonly #folder: string
  readonly #store: ObjectStore
  #objects = 0
  nowMs = TEN + 60 * MINUTE

  private constructor(db: Database, source: Source, folder: string) {
    this.db = db
    this.source = source
    this.#folder = folder
    this.#store = openFolderStore(folder)
  }

  /** The same `key` in two databases gives the same ids. */
  static async open(url: string, key = `s${randomBytes(4).toString('hex')}`): Promise<MapperWorld> {
    const db = connectDatabase({ url, applicationName: 'wxcc-mapper-test', poolSize: 6 })
    const { credential_id } = await db
      .insertInto('etl.credential')
      .values({
        client_id: key,
        token_url: 'http://127.0.0.1/token',
        key_id: 'test',
        client_secret_sealed: Buffer.from('x'),
        refresh_token_sealed: Buffer.from('x'),
      })
      .returning('credential_id')
      .executeTakeFirstOrThrow()
    const source = await addSource(db, {
      key,
      displayName: key,
      orgId: key,
      dataCenter: 'us1',
      apiUrl: 'http://127.0.0.1',
      credentialId: credential_id,
      loadFromMs: TEN - 24 * 60 * MINUTE,
    })
    return new MapperWorld(db, source, await mkdtemp(path.join(tmpdir(), 'wxcc-mapper-')))
  }

  async close(): Promise<void> {
    await this.db.destroy()
    await rm(this.#folder, { recursive: true })
  }

  get deps(): MapperDeps {
    return {
      db: this.db,
      clock: async () => this.nowMs,
      objects: this.#store,
      contactKey: Buffer.from('test key of contact ids, 32 byte'),
      variablesAllowed: new Set(['Language']),
      report: (finding) => void this.findings.push(finding),
    }
  }

  get storageUrl(): string {
    return pathToFileURL(this.#folder).href
  }

  /** The file behind an object, for tests that damage it. */
  pathOf(objectKey: string): string {
    return path.join(this.#folder, ...objectKey.split('/'))
  }

  /** A fetched task span: one CSR page and one CAR page per ten tasks, as the vendor would have answered. */
  async fetchTasks(tasks: readonly TaskRecords[], options: FetchOptions = {}): Promise<number> {
    const tens = Array.from({ length: Math.ceil(tasks.length / 10) }, (_, ten) => tasks.slice(ten * 10, ten * 10 + 10))
    return this.#fetch('task', options, [
      ...tens.map((ten): Page => ['csr', { taskDetails: { tasks: ten.map(({ csr }) => csr) } }]),
      ...tens.map((ten): Page => [
        'car',
        {
          taskDetails: {
            tasks: ten.map(({ csr, cars, totalCount }) => ({
              id: csr.id,
              activities: { totalCount: totalCount ?? cars.length, nodes: cars },
            })),
          },
        },
      ]),
    ])
  }

  /** A fetched span of task legs, as one page of the vendor. */
  async fetchLegs(legs: readonly object[], options: FetchOptions = {}): Promise<number> {
    return this.#fetch('task_leg', options, [['clr', { taskLegDetails: { taskLegs: legs } }]])
  }

  async fetchSessions(sessions: readonly SessionRecords[], options: FetchOptions = {}): Promise<number> {
    return this.#fetch('agent_session', options, [
      ['asr', { agentSession: { agentSessions: sessions.map(({ asr }) => asr) } }],
      [
        'aar',
        {
          agentSession: {
            agentSessions: sessions.map(({ asr, channels }) => ({
              agentSessionId: asr.agentSessionId,
              channelInfo: channels.map(({ channelId, activities, totalCount }) => ({
                channelId,
                channelType: 'telephony',
                activities: { totalCount: totalCount ?? activities.length, nodes: activities },
              })),
            })),
          },
        },
      ],
    ])
  }

  async #fetch(stream: Stream, options: FetchOptions, pages: readonly Page[]): Promise<number> {
    const fetchId = await newFetch(this.db, {
      dataSourceId: this.source.dataSourceId,
      kind: 'span',
      stream,
      range: { fromMs: TEN - 60 * MINUTE, toMs: options.toMs ?? TEN + 30 * MINUTE },
      reason: options.reason ?? 'live',
      lane: 'live',
      estimatedRequests: 1,
      nowMs: this.nowMs,
    })
    await this.db
      .updateTable('etl.fetch')
      .set({ state: 'queued', generation: 1 })
      .where('fetch_id', '=', fetchId)
      .execute()
    const claim = await claimFetch(this.db, { fetchId, generation: 1, nowMs: this.nowMs, leaseMs: MINUTE })
    if (claim === undefined) throw new Error('not claimed')
    for (const [pageNo, [recordKind, data]] of pages.entries()) {
      const { objectKey, bytes, sha256 } = await this.#put(gzipSync(JSON.stringify({ data })))
      await recordPage(this.db, {
        claim,
        recordKind,
        pageNo,
        objectKey,
        byteSize: bytes.length,
        sha256,
        recordCount: 1,
        trackingId: null,
        cursor: null,
        nowMs: this.nowMs,
      })
    }
    await this.db
      .transaction()
      .execute((tx) => finishFetch(tx, { claim, to: 'fetched', nowMs: this.nowMs, requests: 1 }))
    return fetchId
  }

  async #put(bytes: Buffer): Promise<{ objectKey: string; bytes: Buffer; sha256: Buffer }> {
    const objectKey = `raw/${this.source.key}/${(this.#objects += 1)}`
    const sha256 = createHash('sha256').update(bytes).digest()
    await this.#store.put(objectKey, bytes, { contentType: 'application/octet-stream', sha256 })
    return { objectKey, bytes, sha256 }
  }

  /** Fails if somebody else holds it. */
  async claim(fetchId: number): Promise<Claim> {
    const claim = await claimMapping(this.db, { fetchId, generation: 1, nowMs: this.nowMs, leaseMs: MINUTE })
    if (claim === undefined) throw new Error(`fetch ${fetchId} is not to be mapped`)
    return claim
  }

  async map(fetchId: number): Promise<Outcome> {
    return mapFetchedSpan(this.deps, await this.claim(fetchId))
  }

  /** As a person would, to have the same pages mapped once more. */
  async mapAgain(fetchId: number): Promise<Outcome> {
    await this.db
      .updateTable('etl.fetch')
      .set({ state: 'fetched', lease_until: null })
      .where('fetch_id', '=', fetchId)
      .execute()
    return this.map(fetchId)
  }

  /** A downloaded capture of a task, due to be mapped. */
  async storeCapture(
    taskId: string,
    kind: 'recording' | 'transcript',
    content: string,
    startMs: number,
  ): Promise<number> {
    const { objectKey, bytes, sha256 } = await this.#put(Buffer.from(content))
    const { capture_id } = await this.db
      .insertInto('etl.capture')
      .values({
        data_source_id: this.source.dataSourceId,
        task_id: taskId,
        conversation_start_time: new Date(startMs),
        kind,
        source_capture_id: `capture-${kind}-${taskId}`,
        state: 'stored',
        object_key: objectKey,
        byte_size: bytes.length,
        sha256,
        start_time: new Date(startMs),
        end_time: new Date(startMs + MINUTE),
        map_generation: 1,
        created_at: new Date(this.nowMs),
        updated_at: new Date(this.nowMs),
      })
      .returning('capture_id')
      .executeTakeFirstOrThrow()
    return capture_id
  }

  async mapCapture(captureId: number): Promise<Outcome> {
    const claim = await claimCapture(this.db, { captureId, generation: 1 })
    if (claim === undefined) return { kind: 'skipped', reason: 'stale' }
    return mapCapture(this.deps, claim)
  }

  /** Live engagements of a task as `type[:result]`, in order. */
  async engagements(taskId: string): Promise<string[]> {
    const rows = await this.db
      .selectFrom('journey.engagement as e')
      .innerJoin('journey.conversation as c', 'c.conversation_id', 'e.conversation_id')
      .select(['e.engagement_type', 'e.invitation_result'])
      .where('c.source_task_id', '=', taskId)
      .where('c.data_source_id', '=', this.source.dataSourceId)
      .where('e.is_deleted', '=', false)
      .orderBy('e.sequence_no')
      .execute()
    return rows.map((row) => [row.engagement_type, row.invitation_result].filter((part) => part !== null).join(':'))
  }
}

type Page = readonly [RecordKind, unknown]
