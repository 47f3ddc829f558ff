/** The words of the ledger (`etl.*`), as its check constraints spell them. */

/** What is loaded: CSR with CARs, ASR with AARs, CLR where the org has it. */
export const STREAMS = ['task', 'agent_session', 'task_leg'] as const
export type Stream = (typeof STREAMS)[number]

/** Lanes of the request budget, the most urgent first. */
export const LANES = ['live', 'repair', 'history', 'audio'] as const
export type Lane = (typeof LANES)[number]

/** What a row of `etl.fetch` asks the vendor for. */
export const FETCH_KINDS = ['span', 'census', 'configuration', 'captures'] as const
export type FetchKind = (typeof FETCH_KINDS)[number]

/** Why it asks. */
export const FETCH_REASONS = ['live', 'change', 'repair', 'history'] as const
export type FetchReason = (typeof FETCH_REASONS)[number]

/** `fetched` waits for the mapper and becomes `mapped`; kinds without records end in `done`. */
export const FETCH_STATES = ['pending', 'queued', 'running', 'fetched', 'mapped', 'done', 'failed'] as const
export type FetchState = (typeof FETCH_STATES)[number]

export const WINDOW_STATES = ['planned', 'loaded', 'verified', 'sealed', 'short', 'over', 'failed', 'expired'] as const
export type WindowState = (typeof WINDOW_STATES)[number]

export const CAPTURE_STATES = [
  'expected',
  'downloading',
  'stored',
  'not_available',
  'expired',
  'refused',
  'corrupt',
] as const
export type CaptureState = (typeof CAPTURE_STATES)[number]

export const CAPTURE_KINDS = ['recording', 'transcript', 'attachment'] as const
export type CaptureKind = (typeof CAPTURE_KINDS)[number]

/** The vendor's record types, as they name raw pages. */
export const RECORD_KINDS = ['csr', 'car', 'asr', 'aar', 'clr'] as const
export type RecordKind = (typeof RECORD_KINDS)[number]
