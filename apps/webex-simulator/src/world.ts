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
  /** Absent when not asked for. */
  readonly screenRecordings?: readonly { readonly item: RecordOf; readonly file: CaptureFile }[]
}

/** What a Captures request may ask for beyond stitched recordings and transcripts of ended tasks (webex-cc-api §4.1). */
export interface CaptureWishes {
  /** Pieces of the main recordings instead of the stitched files. */
  readonly segments: boolean
  /** What the customer said to a virtual agent. */
  readonly virtualAgent: boolean
  readonly screens: boolean
  /** Both forms of a digital transcript. */
  readonly allDigitalVersions: boolean
  /** Recordings under way, as far as they go. */
  readonly openTasks: boolean
}

export const CONFIGURATION_ENTITIES = [
  'user',
  'team',
  'contact-service-queue',
  'entry-point',
  'site',
  'auxiliary-code',
  'work-type',
  'cad-variable',
  'skill',
  'skill-profile',
  'multimedia-profile',
  'user-profile',
  'dial-number',
  'address-book',
  'outdial-ani',
] as const
export type ConfigurationEntity = (typeof CONFIGURATION_ENTITIES)[number]

/** Something a webhook may tell of, in the vendor's words (webex-cc-api §5.3). */
export interface WorldEvent {
  /** Epoch ms. */
  readonly time: number
  /** Such as `task:ended`. */
  readonly type: string
  readonly data: RecordOf
}

/** A record at one moment. Its id and time are known without looking at it; the record itself is made when first asked for. */
export interface SeenRecord {
  /** `id` of a task or leg, `agentSessionId` of a session. */
  readonly id: string
  /** `createdTime` of a task or leg, `startTime` of a session; epoch ms. */
  readonly time: number
  /** The whole record as the index shows it at the moment it was asked for. Costly: whoever needs only id and time must not call it. */
  record(): RecordOf
}

/** Half-open, epoch ms. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** Records of one kind, found by the time of their beginning. A million a month may lie behind it: nothing here ever lists them all at once. */
export interface RecordSource {
  /**
   * Records that began inside the span and are visible at `asOfMs`, in chunks of at most a few thousand, each made when it is asked for; the caller
   * gives way to other requests between two. Order: time, then id; `newest-first` reverses both.
   */
  scan(span: Span, asOfMs: number, order: 'oldest-first' | 'newest-first'): Iterable<readonly SeenRecord[]>
  /** By id, without a scan; undefined when unknown or not visible yet. */
  find(id: string, asOfMs: number): SeenRecord | undefined
  /** Nothing about a record changes later than so long after its beginning; lets searches by other times look back far enough and no further. */
  readonly settlesWithinMs: number
}

export interface World {
  readonly orgId: string
  /** Span the world's history covers: the demo plans these windows. */
  readonly history: Span
  readonly tasks: RecordSource
  readonly agentSessions: RecordSource
  readonly taskLegs: RecordSource
  /** Without wishes: stitched recordings, those with virtual agents included, and one transcript each. Recorded worlds know no wishes. */
  captures(taskId: string, asOfMs: number, wishes?: CaptureWishes): CaptureEntry | undefined
  configuration(entity: ConfigurationEntity): readonly RecordOf[]
  /** What happened in the span, ascending; nothing for recorded worlds. */
  events(span: Span): Iterable<WorldEvent>
  /** Undefined for recorded worlds: nobody wrote their truth down. */
  readonly truth: Truth | undefined
}

/** What really happened, written by the life script before any record is rendered; never derived from records. */
export interface Truth {
  /** Each: of tasks created inside the span, as known at `asOfMs`. */
  tasks(span: Span, asOfMs: number): readonly TrueTask[]
  engagements(span: Span, asOfMs: number): readonly TrueEngagement[]
  turns(span: Span, asOfMs: number): readonly TrueTurn[]
  captures(span: Span, asOfMs: number): Promise<readonly TrueCapture[]>
  /** Stretches that overlap the span, uncut. */
  agentStates(span: Span, asOfMs: number): readonly TrueAgentState[]
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
  /** Of a Menu: before the first queue, after an agent, beneath a wait, after the end; null for others. */
  readonly menuPhase: 'entry' | 'after_transfer' | 'in_queue' | 'post_call' | null
  /** Of an Agent: when they left the customer, holds and consults included (rulings 1, 2); null while with them, and for others. */
  readonly leftTime: number | null
  /** What an agent worked on after leaving, once that is over; null before, and for others. */
  readonly afterWorkMs: number | null
}

export interface TrueTurn {
  readonly taskId: string
  readonly type: 'Recording' | 'Message' | 'File' | 'Image' | 'Talk' | 'Menu Step'
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
