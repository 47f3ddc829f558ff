/**
 * What the HTTP side of the simulator knows about a contact centre: records as the vendor's index would show them at one moment.
 * Two worlds exist: a generated one (`life/`) and a recorded one (`dataset/`). Neither shares code with the client of the pipeline.
 */

/** Any JSON value as Search nests it; absent fields are null or missing. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export interface RecordOf {
  readonly [key: string]: Json
}

/** CSR with its CARs in `activities.nodes`, oldest first. Open times and durations are -1. */
export interface TaskRecord extends RecordOf {
  readonly id: string
  /** Epoch milliseconds. */
  readonly createdTime: number
  /** Epoch milliseconds, -1 while open. */
  readonly endedTime: number
  readonly lastActivityTime: number
  readonly isActive: boolean
  readonly activities: { readonly nodes: readonly RecordOf[] }
}

/** ASR with its AARs in `channelInfo[].activities.nodes`, oldest first. */
export interface AgentSessionRecord extends RecordOf {
  readonly agentSessionId: string
  readonly startTime: number
  /** Epoch milliseconds, -1 while logged in. */
  readonly endTime: number
  readonly isActive: boolean
  readonly channelInfo: readonly (RecordOf & {
    readonly channelId: string
    readonly activities: { readonly nodes: readonly RecordOf[] }
  })[]
}

/** CLR: one queue leg of a task. */
export interface TaskLegRecord extends RecordOf {
  readonly id: string
  readonly taskId: string
  readonly createdTime: number
}

/** Bytes behind one capture link. */
export interface CaptureFile {
  readonly fileName: string
  readonly contentType: string
  read(): Promise<Buffer>
}

/**
 * One task's entry of the Captures answer (`data[]`), without links: `attributes.filePath` / `filePath` are absent here and are minted, signed
 * and expiring, by the HTTP side when asked.
 */
export interface CaptureEntry {
  readonly taskId: string
  readonly recording: readonly { readonly item: RecordOf; readonly file: CaptureFile }[]
  readonly transcription: readonly { readonly item: RecordOf; readonly file: CaptureFile }[]
}

export type ConfigurationEntity = 'user' | 'team' | 'contact-service-queue' | 'entry-point' | 'site' | 'auxiliary-code'

export interface World {
  readonly orgId: string
  /** Span the world's history covers, epoch ms, half-open: the demo plans these windows. */
  readonly history: { readonly fromMs: number; readonly toMs: number }
  /** Every task created at or before `asOfMs`, rendered as the index shows it at that moment, ascending by `createdTime`, then id. */
  tasks(asOfMs: number): readonly TaskRecord[]
  /** Every session begun at or before `asOfMs`, ascending by `agentSessionId`. */
  agentSessions(asOfMs: number): readonly AgentSessionRecord[]
  taskLegs(asOfMs: number): readonly TaskLegRecord[]
  captures(taskId: string, asOfMs: number): CaptureEntry | undefined
  configuration(entity: ConfigurationEntity): readonly RecordOf[]
  /** Undefined for recorded worlds: nobody wrote their truth down. */
  readonly truth: Truth | undefined
}

/** What really happened, written by the life script before any record is rendered; never derived from records. */
export interface Truth {
  tasks(asOfMs: number): readonly TrueTask[]
  engagements(asOfMs: number): readonly TrueEngagement[]
  turns(asOfMs: number): readonly TrueTurn[]
  captures(asOfMs: number): Promise<readonly TrueCapture[]>
  agentStates(asOfMs: number): readonly TrueAgentState[]
}

export interface TrueTask {
  readonly taskId: string
  readonly createdTime: number
  readonly endedTime: number | null
  /** CARs the task has at that moment. */
  readonly activityCount: number
}

/** Engagement names and rules: customer-journey-model §2, mapping rulings. An open engagement has `endTime` null. */
export interface TrueEngagement {
  readonly taskId: string
  readonly type: 'Agent' | 'Queue' | 'Menu' | 'Invitation' | 'Consult' | 'External' | 'Bot'
  readonly agentId: string | null
  readonly queueId: string | null
  readonly startTime: number
  /** Includes wrap-up for agents; null while open at that moment. */
  readonly endTime: number | null
  readonly invitationResult: 'missed' | 'rejected' | 'failed' | null
  readonly isAnswered: boolean | null
}

export interface TrueTurn {
  readonly taskId: string
  readonly type: 'Recording' | 'Message' | 'Talk' | 'Menu Step'
  readonly participant: 'Customer' | 'Agent' | 'Bot' | 'System' | 'Unknown'
  readonly time: number
}

export interface TrueCapture {
  readonly taskId: string
  readonly captureId: string
  readonly kind: 'recording' | 'transcript'
  readonly sizeBytes: number
  readonly sha256: string
}

/** One stretch of an agent's collapsed timeline (one status at a time over all channels). */
export interface TrueAgentState {
  readonly agentId: string
  readonly stateGroup: 'Available' | 'Idle' | 'Busy' | 'Wrap Up' | 'Not Responding'
  readonly startTime: number
  readonly endTime: number | null
}
