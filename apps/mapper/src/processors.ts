import type { FetchJob } from '@wxcc/contracts/fetch-job'
import { mapSpan } from '@wxcc/contracts/map-span'
import { mapTranscript, type MapTranscriptJob } from '@wxcc/contracts/map-transcript'
import type { Outcome } from '@wxcc/contracts/outcome'
import { buryJob } from '@wxcc/db/dead-letter'
import { runClaimed } from '@wxcc/queue/claimed-job'
import type { DeadLetterSink } from '@wxcc/queue/dead-letter-sink'
import type { JobContext } from '@wxcc/queue/start-worker'
import { countUnknown } from '@wxcc/telemetry/metrics'
import { captureLedger, spanLedger } from './ledgers.ts'
import { mapFetchedSpan } from './map-span.ts'
import type { Finding, MapperDeps } from './mapper-job.ts'
import { mapCapture } from './transcripts/map-capture.ts'

/** What the processors share; each job reports to its own log. */
export interface ProcessorDeps extends Omit<MapperDeps, 'report'> {
  readonly leaseMs: number
}

export function deadLetters({ db, clock }: Pick<ProcessorDeps, 'db' | 'clock'>): DeadLetterSink {
  return { bury: async (letter) => buryJob(db, { ...letter, nowMs: await clock() }) }
}

/** Each queue of this app, emptied: claim, map, and what becomes of a failure. */
export function processors(deps: ProcessorDeps) {
  const common = { now: deps.clock, leaseMs: deps.leaseMs, deadLetters: deadLetters(deps) }
  return {
    mapSpan: (payload: FetchJob, context: JobContext): Promise<Outcome> =>
      runClaimed({
        ...common,
        queue: mapSpan.name,
        jobId: context.jobId,
        payload: { ...payload },
        signal: context.signal,
        ledger: spanLedger(deps.db, payload),
        process: (claim, { signal }) => mapFetchedSpan({ ...deps, report: reportTo(context) }, claim, signal),
      }),
    mapTranscript: (payload: MapTranscriptJob, context: JobContext): Promise<Outcome> =>
      runClaimed({
        ...common,
        queue: mapTranscript.name,
        jobId: context.jobId,
        payload: { ...payload },
        signal: context.signal,
        ledger: captureLedger(deps.db, payload),
        process: (claim) => mapCapture({ ...deps, report: reportTo(context) }, claim),
      }),
  }
}

/** Ids, names of the vendor's words and causes without messages; never a record. */
function reportTo({ log }: JobContext): (finding: Finding) => void {
  return (finding) => {
    if ('cause' in finding) {
      const { cause, ...named } = finding
      log.error({ ...named, code: 'mapping_failed', err: cause }, 'a record could not be mapped')
    } else {
      countUnknown(finding.event)
      log.warn(finding, 'met something unknown or malformed; it is kept')
    }
  }
}
