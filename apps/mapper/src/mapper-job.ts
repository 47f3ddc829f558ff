import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import type { Source } from '@wxcc/db/data-source'
import type { Claim } from '@wxcc/db/fetch-claim'
import type { ReadObject } from './pages/page-reader.ts'
import type { SourceIds } from './source-ids.ts'

/** Something a person should see, named; never with a record's content. */
export type Finding =
  | { readonly event: 'task_not_mapped'; readonly taskId: string; readonly cause: unknown }
  | { readonly event: 'session_not_mapped'; readonly agentSessionId: string; readonly cause: unknown }
  | { readonly event: 'unknown_event'; readonly name: string }
  | { readonly event: 'unknown_state'; readonly name: string }
  | { readonly event: 'unknown_transcript_shape'; readonly captureId: number }

/** What mapping needs from outside. */
export interface MapperDeps {
  readonly db: Database
  readonly clock: Clock
  readonly readObject: ReadObject
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

/** Findings of a transaction count once it is committed; what is rolled back is done again, and would be reported again. */
export async function reportingAfter<T>(deps: MapperDeps, transact: (deps: MapperDeps) => Promise<T>): Promise<T> {
  const findings: Finding[] = []
  const result = await transact({ ...deps, report: (finding) => void findings.push(finding) })
  for (const finding of findings) deps.report(finding)
  return result
}
