import { z } from 'zod'

/** The file's format, documented in docs/import.md. Words are those of the journey tables; ids are the other vendor's, as text. */

const id = z.string().min(1).max(200)
const text = z.string().min(1).max(2_000).nullish()
const ms = z.int().min(0).nullish()
const count = z.int().min(0).max(32_767).nullish()
const flag = z.boolean().nullish()
/** Partitions are made by month: a year 0026 would be one of its own. */
const EARLIEST = Date.UTC(2000, 0, 1)
const LATEST = Date.UTC(2100, 0, 1)
const time = z.iso
  .datetime({ offset: true })
  .transform((value) => new Date(value))
  .refine((value) => value.getTime() >= EARLIEST && value.getTime() < LATEST, 'must lie between 2000 and 2100')
const status = z.enum(['In Progress', 'Completed', 'Corrupted']).default('Completed')
const channelType = z.enum(['Voice', 'Chat', 'Email', 'SMS', 'Video', 'Task'])
const isActive = z.boolean().default(true)
/** A row with `true` is a tombstone, and read as one. */
const is_deleted = z.literal(false).nullish()

/** Names are indexed with their history. */
const label = z.string().min(1).max(500).nullish()
const named = { id, name: label, is_active: isActive }

const lines = {
  agent: z.strictObject({
    type: z.literal('agent'),
    is_deleted,
    ...named,
    login: label,
    team_id: id.nullish(),
    site_id: id.nullish(),
  }),
  queue: z.strictObject({
    type: z.literal('queue'),
    is_deleted,
    ...named,
    channel_type: channelType.nullish(),
    service_level_ms: z.int().min(1).nullish(),
  }),
  team: z.strictObject({ type: z.literal('team'), is_deleted, ...named, site_id: id.nullish() }),
  site: z.strictObject({ type: z.literal('site'), is_deleted, ...named, time_zone: text }),
  entry_point: z.strictObject({
    type: z.literal('entry_point'),
    is_deleted,
    ...named,
    channel_type: channelType.nullish(),
  }),
  outcome: z.strictObject({ type: z.literal('outcome'), is_deleted, ...named }),
  agent_status: z.strictObject({
    type: z.literal('agent_status'),
    is_deleted,
    id,
    name: z.string().min(1).max(500),
    state_group: z.enum(['Available', 'Idle', 'Busy', 'Wrap Up', 'Not Responding', 'Logged Out']),
    availability: z.enum(['Available', 'Unavailable']),
  }),
  conversation: z
    .strictObject({
      type: z.literal('conversation'),
      is_deleted,
      id,
      start_time: time,
      end_time: time.nullish(),
      status,
      channel_type: channelType,
      channel: text,
      direction: z.enum(['Inbound', 'Outbound', 'Internal']).default('Inbound'),
      contact: z.strictObject({ value: z.string().min(1).max(500), is_social: flag, name: text }).nullish(),
      company_contact: text,
      campaign: text,
      entry_point_id: id.nullish(),
      first_queue_id: id.nullish(),
      last_queue_id: id.nullish(),
      is_offered: flag,
      is_handled: flag,
      is_abandoned: flag,
      is_short: flag,
      abandoned_stage: z.enum(['menu', 'queue', 'ringing']).nullish(),
      terminated_by: z.enum(['Customer', 'Agent', 'System']).nullish(),
      termination_reason: text,
      is_callback: z.boolean().default(false),
      csat_score: count,
      auto_csat: z.number().min(0).max(999).nullish(),
      contact_driver: text,
      topic: text,
    })
    .refine((line) => line.end_time == null || line.end_time >= line.start_time, {
      path: ['end_time'],
      message: 'lies before start_time',
    }),
  engagement: z
    .strictObject({
      type: z.literal('engagement'),
      is_deleted,
      id,
      conversation_id: id,
      engagement_type: z.enum(['Agent', 'Menu', 'Queue', 'Invitation', 'Bot', 'Consult', 'External']),
      engagement_subtype: text,
      sequence_no: z.int().min(0).default(0),
      agent_id: id.nullish(),
      agent_type: z.enum(['User', 'Menu', 'Bot', 'External']).default('User'),
      queue_id: id.nullish(),
      team_id: id.nullish(),
      site_id: id.nullish(),
      entry_point_id: id.nullish(),
      outcome_id: id.nullish(),
      menu_path: text,
      menu_phase: z.enum(['entry', 'in_queue', 'after_transfer', 'post_call']).nullish(),
      status,
      service_level: z.enum(['Met', 'Missed', 'Ignore']).nullish(),
      invitation_result: z.enum(['missed', 'rejected', 'failed']).nullish(),
      is_abandoned: z.boolean().default(false),
      is_short_abandon: z.boolean().default(false),
      is_answered: flag,
      queue_outcome: z.enum(['answered', 'abandoned', 'moved', 'callback']).nullish(),
      transfer_in_type: z.enum(['blind', 'consult', 'queue', 'entry_point', 'conference']).nullish(),
      transfer_out_type: z
        .enum(['blind_agent', 'blind_number', 'consult_agent', 'consult_number', 'queue', 'entry_point'])
        .nullish(),
      start_time: time,
      end_time: time.nullish(),
      queue_time_ms: ms,
      parked_time_ms: ms,
      invitation_time_ms: ms,
      preparation_time_ms: ms,
      engagement_time_ms: ms,
      hold_time_ms: ms,
      consult_time_ms: ms,
      conference_time_ms: ms,
      wrap_up_time_ms: ms,
      menu_time_ms: ms,
      hold_count: count,
      offer_count: count,
    })
    .refine((line) => line.end_time == null || line.end_time >= line.start_time, {
      path: ['end_time'],
      message: 'lies before start_time',
    })
    .refine((line) => line.engagement_type !== 'Invitation' || line.invitation_result != null, {
      path: ['invitation_result'],
      message: 'is what an Invitation must have',
    })
    .refine((line) => line.engagement_type !== 'Queue' || line.agent_id == null, {
      path: ['agent_id'],
      message: 'is what a Queue row never has: nobody owns the customer yet',
    })
    .refine((line) => line.engagement_type === 'Queue' || line.queue_outcome == null, {
      path: ['queue_outcome'],
      message: 'is for Queue rows',
    }),
  turn: z.strictObject({
    type: z.literal('turn'),
    is_deleted,
    id,
    conversation_id: id,
    engagement_id: id.nullish(),
    turn_type: z.enum(['Message', 'Talk', 'Recording', 'Transcript', 'File', 'Image', 'Menu Step']),
    participant: z.enum(['Customer', 'Agent', 'Bot', 'System', 'External', 'Unknown']).default('Unknown'),
    agent_id: id.nullish(),
    sequence_no: z.int().min(0).default(0),
    turn_time: time,
    duration_ms: ms,
    language: text,
    text: z.string().max(65_536).nullish(),
    subject: text,
  }),
  activity: z.strictObject({
    type: z.literal('activity'),
    agent_id: id,
    status_id: id,
    interval_time: time.refine((value) => value.getTime() % 900_000 === 0, 'must be the start of a UTC quarter hour'),
    activity_time_ms: z.int().min(0).max(900_000),
    available_capacity_ms: z.int().min(0).default(0),
    consumed_capacity_ms: z.int().min(0).default(0),
    is_deleted: flag,
  }),
} as const

const line = z.discriminatedUnion('type', [
  lines.agent,
  lines.queue,
  lines.team,
  lines.site,
  lines.entry_point,
  lines.outcome,
  lines.agent_status,
  lines.conversation,
  lines.engagement,
  lines.turn,
  lines.activity,
])

/** A row that was taken back; what else its line says does not matter. A conversation takes its engagements and turns with it. */
const tombstone = z.object({
  type: z.enum([
    'agent',
    'queue',
    'team',
    'site',
    'entry_point',
    'outcome',
    'agent_status',
    'conversation',
    'engagement',
    'turn',
  ]),
  id,
  is_deleted: z.literal(true),
})

export type Line = z.infer<typeof line>
export type LineOf<T extends Line['type']> = Extract<Line, { type: T }>
export type Tombstone = z.infer<typeof tombstone>

/** Why a line was not taken. Never its content, which may be personal. */
export interface Refusal {
  readonly code:
    | 'not_json'
    | 'wrong_shape'
    | 'unknown_conversation'
    | 'unknown_status'
    | 'conversation_moved'
    | 'refused'
  readonly reason: string
}

export type ReadLine = { readonly line: Line } | { readonly tombstone: Tombstone } | { readonly refusal: Refusal }

export function readLine(content: string): ReadLine {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch {
    return { refusal: { code: 'not_json', reason: 'is not JSON' } }
  }
  if (isTombstone(value)) {
    const parsed = tombstone.safeParse(value)
    return parsed.success ? { tombstone: parsed.data } : { refusal: shapeOf(parsed.error) }
  }
  const parsed = line.safeParse(value)
  return parsed.success ? { line: parsed.data } : { refusal: shapeOf(parsed.error) }
}

/** An activity has no id of its own: its row is taken back by its own fields. */
function isTombstone(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { is_deleted: isDeleted, type } = value as Readonly<Record<string, unknown>>
  return isDeleted === true && type !== 'activity'
}

/** Names of members and what is wrong with them; zod's messages do not repeat values. */
function shapeOf(error: z.ZodError): Refusal {
  const reasons = error.issues.slice(0, 3).map((issue) => {
    const where = issue.path.map(String).join('.')
    return `${where === '' ? 'the line' : where}: ${issue.code === 'unrecognized_keys' ? 'has members nobody knows' : issue.message}`
  })
  return { code: 'wrong_shape', reason: reasons.join('; ') }
}
