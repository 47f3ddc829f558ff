/** Every name of a span, metric and attribute. Labels of metrics come from small closed sets; ids belong in spans and log lines only. */

export const SPANS = {
  plannerTick: 'wxcc.planner.tick',
  apiRequest: 'wxcc.api.request',
  pageStore: 'wxcc.page.store',
  objectPut: 'wxcc.object.put',
  objectGet: 'wxcc.object.get',
  mapBatch: 'wxcc.map.batch',
  captureStore: 'wxcc.capture.store',
} as const
export type SpanName = (typeof SPANS)[keyof typeof SPANS]

export const ATTRIBUTES = {
  queue: 'wxcc.queue',
  jobId: 'wxcc.job.id',
  outcome: 'wxcc.outcome',
  code: 'wxcc.failure.code',
  lane: 'wxcc.lane',
  endpoint: 'wxcc.endpoint',
  status: 'http.response.status_code',
  recordKind: 'wxcc.record.kind',
  stream: 'wxcc.stream',
  state: 'wxcc.state',
  kind: 'wxcc.kind',
  table: 'wxcc.table',
  stage: 'wxcc.map.stage',
  dataSource: 'wxcc.data_source',
  fetchId: 'wxcc.fetch.id',
  byteSize: 'wxcc.object.size',
  fromMs: 'wxcc.window.from_ms',
  toMs: 'wxcc.window.to_ms',
} as const

/** Counters and histograms, written where the thing happens. Units are UCUM, as OpenTelemetry asks. */
export const METRICS = {
  jobsFinished: 'wxcc.jobs.finished',
  jobDuration: 'wxcc.job.duration',
  apiRequests: 'wxcc.api.requests',
  apiRequestDuration: 'wxcc.api.request.duration',
  budgetWait: 'wxcc.budget.wait',
  recordsFetched: 'wxcc.records.fetched',
  rowsWritten: 'wxcc.rows.written',
  mapStageTime: 'wxcc.map.stage.time',
  unknownMet: 'wxcc.unknown.met',
  captureBytes: 'wxcc.captures.bytes',
} as const

/** Gauges, asked for by a callback whenever somebody scrapes. */
export const GAUGES = {
  oldestDueWindow: {
    name: 'wxcc.windows.oldest_due.age',
    unit: 's',
    description: 'Age of the oldest window that is due and not verified',
  },
  windows: { name: 'wxcc.windows', unit: '{window}', description: 'Windows of the last 30 days by state' },
  windowsUnproved: {
    name: 'wxcc.windows.unproved',
    unit: '{window}',
    description: 'Windows that are due and not verified or sealed',
  },
  drainTime: {
    name: 'wxcc.drain.time',
    unit: 's',
    description: 'Time until all planned requests are sent, at the rate the budget allows now',
  },
  connectionLife: {
    name: 'wxcc.connection.life',
    unit: 's',
    description:
      'Time until the refresh token ends, by data source, as the vendor last said; 0 = somebody must connect it again',
  },
  fetches: { name: 'wxcc.fetches', unit: '{fetch}', description: 'Unfinished fetches by kind and state' },
  deadLetters: { name: 'wxcc.dead_letters', unit: '{letter}', description: 'Unresolved dead letters by code' },
  captures: { name: 'wxcc.captures', unit: '{capture}', description: 'Captures by kind and state' },
  completeLag: {
    name: 'wxcc.complete.lag',
    unit: 's',
    description: 'Now minus the end of the newest gapless verified window, by stream',
  },
  queueJobs: { name: 'wxcc.queue.jobs', unit: '{job}', description: 'Jobs in Redis by queue and state' },
} as const
export type GaugeName = keyof typeof GAUGES
