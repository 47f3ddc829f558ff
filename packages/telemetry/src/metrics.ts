import { type Attributes, type Counter, type Histogram, metrics } from '@opentelemetry/api'
import { ATTRIBUTES, GAUGES, type GaugeName, METRICS } from './names.ts'

interface Instruments {
  readonly jobsFinished: Counter
  readonly jobDuration: Histogram
  readonly apiRequests: Counter
  readonly apiRequestDuration: Histogram
  readonly budgetWait: Histogram
  readonly recordsFetched: Counter
  readonly rowsWritten: Counter
  readonly mapStageTime: Counter
  readonly unknownMet: Counter
  readonly captureBytes: Counter
}

let made: Instruments | undefined

/** Made at first use and not at import, since the API hands out dead instruments until the SDK is registered. */
function instruments(): Instruments {
  if (made !== undefined) return made
  const meter = metrics.getMeter('wxcc')
  made = {
    jobsFinished: meter.createCounter(METRICS.jobsFinished, {
      unit: '{job}',
      description: 'Jobs that ended, by queue and outcome',
    }),
    jobDuration: meter.createHistogram(METRICS.jobDuration, {
      unit: 's',
      description: 'From taking a job to its end',
      advice: { explicitBucketBoundaries: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600] },
    }),
    apiRequests: meter.createCounter(METRICS.apiRequests, {
      unit: '{request}',
      description: 'Requests to the vendor, by lane, endpoint and status',
    }),
    apiRequestDuration: meter.createHistogram(METRICS.apiRequestDuration, {
      unit: 's',
      description: 'Answer time of the vendor, by endpoint',
      advice: { explicitBucketBoundaries: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 90] },
    }),
    budgetWait: meter.createHistogram(METRICS.budgetWait, {
      unit: 's',
      description: 'Time a request waited for its token, by lane',
      advice: { explicitBucketBoundaries: [0, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] },
    }),
    recordsFetched: meter.createCounter(METRICS.recordsFetched, {
      unit: '{record}',
      description: 'Vendor records kept, by kind',
    }),
    rowsWritten: meter.createCounter(METRICS.rowsWritten, {
      unit: '{row}',
      description: 'Rows inserted or changed, by table',
    }),
    mapStageTime: meter.createCounter(METRICS.mapStageTime, {
      unit: 's',
      description: 'Where mapping spends its time, by stage; the times of batches side by side add up',
    }),
    unknownMet: meter.createCounter(METRICS.unknownMet, {
      unit: '{record}',
      description: 'Words of the vendor that the rules do not know, by kind; the records are kept',
    }),
    captureBytes: meter.createCounter(METRICS.captureBytes, {
      unit: 'By',
      description: 'Bytes of captures stored, by kind',
    }),
  }
  return made
}

export function countJob(job: { readonly queue: string; readonly outcome: string; readonly durationMs: number }): void {
  const attributes = { [ATTRIBUTES.queue]: job.queue, [ATTRIBUTES.outcome]: job.outcome }
  instruments().jobsFinished.add(1, attributes)
  instruments().jobDuration.record(job.durationMs / 1_000, attributes)
}

/** `status` is the HTTP status, or 0 when no answer came. `endpoint` is a fixed word such as `search`, never a URL. */
export function countApiRequest(request: {
  readonly lane: string
  readonly endpoint: string
  readonly status: number
  readonly durationMs: number
}): void {
  const endpoint = { [ATTRIBUTES.endpoint]: request.endpoint }
  instruments().apiRequests.add(1, {
    ...endpoint,
    [ATTRIBUTES.lane]: request.lane,
    [ATTRIBUTES.status]: request.status,
  })
  instruments().apiRequestDuration.record(request.durationMs / 1_000, endpoint)
}

export function recordBudgetWait(lane: string, waitedMs: number): void {
  instruments().budgetWait.record(waitedMs / 1_000, { [ATTRIBUTES.lane]: lane })
}

export function countRecords(recordKind: string, count: number): void {
  instruments().recordsFetched.add(count, { [ATTRIBUTES.recordKind]: recordKind })
}

export function countRows(table: string, count: number): void {
  instruments().rowsWritten.add(count, { [ATTRIBUTES.table]: table })
}

/** `read` = from the object store, unpacked; `parse` = JSON and tasks put together; `segment` = the rules; `write` = the transaction. */
export type MapStage = 'read' | 'parse' | 'segment' | 'write'

export function countStage(stage: MapStage, durationMs: number): void {
  instruments().mapStageTime.add(durationMs / 1_000, { [ATTRIBUTES.stage]: stage })
}

/** `kind` is one of ours, such as `unknown_event`; the word itself is in the log. */
export function countUnknown(kind: string): void {
  instruments().unknownMet.add(1, { [ATTRIBUTES.kind]: kind })
}

export function countCaptureBytes(kind: string, sizeBytes: number): void {
  instruments().captureBytes.add(sizeBytes, { [ATTRIBUTES.kind]: kind })
}

export interface Observation {
  readonly value: number
  readonly attributes?: Attributes
}

/**
 * Asks `read` for a gauge's values at every scrape. A `read` that throws leaves the gauge out of that scrape: missing, not zero.
 * Returns what stops it.
 */
export function observeGauge(gauge: GaugeName, read: () => Promise<readonly Observation[]>): () => void {
  const { name, unit, description } = GAUGES[gauge]
  const instrument = metrics.getMeter('wxcc').createObservableGauge(name, { unit, description })
  const callback: Parameters<typeof instrument.addCallback>[0] = async (result) => {
    for (const { value, attributes } of await read()) result.observe(value, attributes)
  }
  instrument.addCallback(callback)
  return () => instrument.removeCallback(callback)
}
