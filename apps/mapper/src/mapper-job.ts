import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import type { Source } from '@wxcc/db/data-source'
import { type Claim, holdFence } from '@wxcc/db/fetch-claim'
import type { DB } from '@wxcc/db/schema'
import type { ObjectStore } from '@wxcc/storage/object-store'
import { ATTRIBUTES, SPANS } from '@wxcc/telemetry/names'
import { inSpan } from '@wxcc/telemetry/trace'
import type { Transaction } from 'kysely'
import type { SourceIds } from './source-ids.ts'

/** Something a person should see, named; never with a record's content. */
export type Finding =
  | { readonly event: 'task_not_mapped'; readonly taskId: string; readonly cause: unknown }
  | { readonly event: 'record_malformed' | 'created_time_moved'; readonly record: string }
  | { readonly event: 'session_not_mapped'; readonly agentSessionId: string; readonly cause: unknown }
  | { readonly event: 'unknown_event'; readonly name: string }
  | { readonly event: 'unknown_state'; readonly name: string }
  | { readonly event: 'unknown_transcript_shape'; readonly captureId: number }

/** What mapping needs from outside. */
export interface MapperDeps {
  readonly db: Database
  readonly clock: Clock
  /** Where pages and files lie; written only to take erased people out of a page. */
  readonly objects: ObjectStore
  /** HMAC key of contact ids; never rotated. */
  readonly contactKey: Uint8Array
  /** Global variables that may be reported on, by name. All others are personal data. */
  readonly variablesAllowed: ReadonlySet<string>
  readonly report: (finding: Finding) => void
}

/** One claimed fetch while it is mapped. */
export interface MapperJob {
  readonly claim: Claim
  readonly source: Source
  readonly ids: SourceIds
  readonly nowMs: number
  readonly signal: AbortSignal
}

/**
 * One transaction of a job, as a span of the trace. Its findings count once it is committed: what is rolled back is done again, and would be
 * reported again.
 */
export async function inBatch<T>(
  deps: MapperDeps,
  { claim }: MapperJob,
  run: (tx: Transaction<DB>, deps: MapperDeps) => Promise<T>,
): Promise<T> {
  const findings: Finding[] = []
  const attributes = {
    [ATTRIBUTES.fetchId]: claim.fetchId,
    [ATTRIBUTES.dataSource]: claim.dataSourceId,
    [ATTRIBUTES.stream]: claim.stream ?? 'none',
  }
  const quiet = { ...deps, report: (finding: Finding) => void findings.push(finding) }
  const result = await inSpan(SPANS.mapBatch, attributes, () =>
    deps.db.transaction().execute(async (tx) => {
      // Shared: the batches of one job may run side by side, and whoever takes the fetch over waits for all of them.
      await holdFence(tx, claim, 'share')
      return run(tx, quiet)
    }),
  )
  for (const finding of findings) deps.report(finding)
  return result
}
