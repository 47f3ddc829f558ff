import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import type { Source } from '@wxcc/db/data-source'
import type { Queues } from '@wxcc/queue/enqueue'
import type { ObjectStore } from '@wxcc/storage/object-store'
import type { WebexClient } from '@wxcc/webex/client'
import type { Limit } from './limit.ts'
import type { Spool } from './spool.ts'

/** What the processing of one listing gets. */
export interface CaptureWork {
  readonly db: Database
  readonly objects: ObjectStore
  readonly queues: Queues
  readonly spool: Spool
  /** Shared by all listings of the process. */
  readonly fileLimit: Limit
  readonly now: Clock
  readonly source: Source
  readonly client: WebexClient
  readonly signal: AbortSignal
  readonly requests: () => number
}
