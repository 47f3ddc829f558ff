import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import type { Source } from '@wxcc/db/data-source'
import type { Queues } from '@wxcc/queue/enqueue'
import type { ObjectStore } from '@wxcc/storage/object-store'
import type { WebexClient } from '@wxcc/webex/client'

/** What the processing of one claim gets. The client speaks for the claim's source and lane; every request it sends is counted. */
export interface FetchWork {
  readonly db: Database
  readonly objects: ObjectStore
  readonly queues: Queues
  readonly now: Clock
  readonly source: Source
  readonly client: WebexClient
  readonly signal: AbortSignal
  /** Requests sent so far. */
  readonly requests: () => number
}
