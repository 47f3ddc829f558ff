import type { ColumnSpec } from './view.ts'

/** A metric as it is computed and as it is explained: `formula` is the very expression in the views. */
export interface Metric {
  /** Column of the metric views. */
  readonly name: string
  readonly title: string
  /** One of the nine of the integration's description; the others stand beside one of them. */
  readonly isSeed: boolean
  readonly definition: string
  /** What one counted thing is. */
  readonly grain: string
  readonly unit: 'count' | 'ms'
  /** An aggregate over `fact`. */
  readonly formula: string
  readonly fact: 'fact_engagement' | 'fact_activity'
  readonly pitfalls: string
  /** A query that a reader of `bi` can run as it stands. */
  readonly example: string
}

const TYPE = (type: string) => `engagement_type = '${type}'`
const sumOf = (column: string, filter: string) => `coalesce(sum(${column}) filter (where ${filter}), 0)`
const conversationsOf = (filter: string) => `count(distinct conversation_id) filter (where ${filter})`
const INVITED = `${TYPE('Invitation')} and invitation_result in ('missed', 'rejected')`
const MISSED = `${TYPE('Invitation')} and invitation_result = 'missed'`

/** In the order of the documentation. */
export const METRICS: readonly Metric[] = [
  {
    name: 'agent_engagements',
    title: 'Agent Engagements',
    isSeed: true,
    definition: 'Stretches in which a human agent was connected with the customer.',
    grain: 'engagement of type Agent, by its start',
    unit: 'count',
    formula: `count(*) filter (where ${TYPE('Agent')})`,
    fact: 'fact_engagement',
    pitfalls:
      'A transferred call counts twice here and once in agent_conversations. Consult legs and child contacts do not count. Outdial counts unless you filter direction. Rows in progress and corrupted ones count; filter status if you want neither.',
    example: `select date_key, agent_engagements, agent_conversations
from bi.metric_seed_daily order by date_key`,
  },
  {
    name: 'agent_conversations',
    title: 'Agent Conversations',
    isSeed: false,
    definition:
      'Conversations (tasks) with at least one Agent engagement: the number of tasks that the description speaks of.',
    grain: 'conversation with an Agent engagement',
    unit: 'count',
    formula: conversationsOf(TYPE('Agent')),
    fact: 'fact_engagement',
    pitfalls: 'Distinct counts do not add up: the sum over queues, agents or days is more than the total.',
    example: `select start_date_key, count(distinct conversation_id) as agent_conversations
from bi.fact_engagement where engagement_type = 'Agent' group by 1 order by 1`,
  },
  {
    name: 'available_time_ms',
    title: 'Available Time',
    isSeed: true,
    definition: 'Wall-clock time of agents in the group Available, all channels collapsed to one timeline.',
    grain: 'agent and quarter hour',
    unit: 'ms',
    formula: sumOf('activity_time_ms', `state_group = 'Available'`),
    fact: 'fact_activity',
    pitfalls:
      "Use state_group, not availability: availability = 'Available' includes Busy. It is complete up to freshness.agent_time_complete_until; open logins are cut there and completed later. It belongs to agents, so it has no value per queue.",
    example: `select a.agent_name, m.date_key, round(m.available_time_ms / 3600000.0, 2) as available_hours
from bi.metric_agent_daily m join bi.dim_agent a using (agent_id) order by 2, 1`,
  },
  {
    name: 'engagement_time_ms',
    title: 'Engagement Time',
    isSeed: true,
    definition:
      'From the moment an agent is connected until that agent leaves the contact; hold and consult included, wrap-up excluded.',
    grain: 'engagement of type Agent, by its start',
    unit: 'ms',
    formula: sumOf('engagement_time_ms', TYPE('Agent')),
    fact: 'fact_engagement',
    pitfalls:
      'Webex’s connectedDuration excludes hold and is smaller. Conferences overlap. Mails last hours: split by channel_type before you average. For an average divide by the count of rows with a value, not by agent_engagements: open rows have none.',
    example: `select channel_type, avg(engagement_time_ms) / 1000 as average_seconds
from bi.fact_engagement where engagement_type = 'Agent' and engagement_time_ms is not null group by 1`,
  },
  {
    name: 'menu_time_ms',
    title: 'Menu Time',
    isSeed: true,
    definition: 'Time of customers in the self-service flow before a queue, an agent or the end.',
    grain: 'engagement of type Menu, by its start',
    unit: 'ms',
    formula: sumOf('menu_time_ms', `${TYPE('Menu')} and menu_phase in ('entry', 'after_transfer')`),
    fact: 'fact_engagement',
    pitfalls:
      'Announcements inside a queue are wait time, and surveys after the call (menu_phase post_call) are left out.',
    example: `select e.entry_point_name, sum(m.menu_time_ms) / 1000 as menu_seconds, sum(m.contained) as contained
from bi.metric_self_service m join bi.dim_entry_point e using (entry_point_id) group by 1 order by 2 desc`,
  },
  {
    name: 'invitations',
    title: 'Invitations',
    isSeed: true,
    definition: 'Offers to agents that were missed or rejected.',
    grain: 'engagement of type Invitation, by its start',
    unit: 'count',
    formula: `count(*) filter (where ${INVITED})`,
    fact: 'fact_engagement',
    pitfalls:
      'An accepted offer is none. One conversation can bring many. Technical failures are left out (invitation_result failed). A decline that Webex itself records as not responding counts as missed.',
    example: `select a.agent_name, sum(m.invitations) as invitations, sum(m.missed_invitations) as missed
from bi.metric_agent_daily m join bi.dim_agent a using (agent_id) group by 1 order by 2 desc`,
  },
  {
    name: 'missed_invitations',
    title: 'Missed Invitations',
    isSeed: true,
    definition: 'Offers that rang out.',
    grain: 'engagement of type Invitation, by its start',
    unit: 'count',
    formula: `count(*) filter (where ${MISSED})`,
    fact: 'fact_engagement',
    pitfalls: 'Never more than Invitations. A customer who hangs up while it rings is no miss.',
    example: `select start_time_local, agent_id, invitation_time_ms / 1000 as rang_seconds, invitation_evidence
from bi.fact_engagement where engagement_type = 'Invitation' and invitation_result = 'missed' order by 1 desc limit 100`,
  },
  {
    name: 'invitation_conversations',
    title: 'Conversations with Invitations',
    isSeed: false,
    definition: 'Conversations with at least one missed or rejected offer.',
    grain: 'conversation',
    unit: 'count',
    formula: conversationsOf(INVITED),
    fact: 'fact_engagement',
    pitfalls: 'Distinct counts do not add up.',
    example: `select date_key, invitation_conversations from bi.metric_seed_daily order by date_key`,
  },
  {
    name: 'missed_invitation_conversations',
    title: 'Conversations with Missed Invitations',
    isSeed: false,
    definition: 'Conversations with at least one offer that rang out.',
    grain: 'conversation',
    unit: 'count',
    formula: conversationsOf(MISSED),
    fact: 'fact_engagement',
    pitfalls: 'Distinct counts do not add up.',
    example: `select date_key, missed_invitation_conversations from bi.metric_seed_daily order by date_key`,
  },
  {
    name: 'queue_engagements',
    title: 'Queue Engagements',
    isSeed: true,
    definition: 'Entries into a queue, abandoned ones included.',
    grain: 'engagement of type Queue, by its start',
    unit: 'count',
    formula: `count(*) filter (where ${TYPE('Queue')})`,
    fact: 'fact_engagement',
    pitfalls:
      'Being offered again in the same queue is no new entry. A contact that found an agent at once has a row too (is_synthetic), which Webex’s queueDuration > 0 would miss. Direct calls to an agent have none.',
    example: `select q.queue_name, m.quarter_hour_key, sum(m.queue_engagements) as entries
from bi.metric_queue_interval m join bi.dim_queue q using (queue_id) group by 1, 2 order by 1, 2`,
  },
  {
    name: 'queue_conversations',
    title: 'Queue Conversations',
    isSeed: false,
    definition: 'Conversations that entered at least one queue.',
    grain: 'conversation',
    unit: 'count',
    formula: conversationsOf(TYPE('Queue')),
    fact: 'fact_engagement',
    pitfalls: 'Distinct counts do not add up.',
    example: `select date_key, queue_engagements, queue_conversations from bi.metric_seed_daily order by date_key`,
  },
  {
    name: 'wait_time_answered_ms',
    title: 'Wait Time (answered)',
    isSeed: true,
    definition: 'From entering a queue until an agent joined, ringing included, of the entries that were answered.',
    grain: 'answered engagement of type Queue, by its start',
    unit: 'ms',
    formula: sumOf('queue_time_ms', `${TYPE('Queue')} and is_answered`),
    fact: 'fact_engagement',
    pitfalls:
      'Say which variant you show: this one or wait_time_all_ms. Webex’s queueDuration excludes ringing (parked_time_ms). The wait for a callback is left out. A second queue after a transfer counts again.',
    example: `select q.queue_name, sum(m.answer_wait_time_ms) / nullif(sum(m.answered), 0) / 1000 as speed_of_answer_seconds
from bi.metric_queue_interval m join bi.dim_queue q using (queue_id) group by 1 order by 2 desc`,
  },
  {
    name: 'wait_time_all_ms',
    title: 'Wait Time (all)',
    isSeed: false,
    definition: 'Wait of all queue entries: answered, abandoned, moved on, and until a callback was asked for.',
    grain: 'engagement of type Queue, by its start',
    unit: 'ms',
    formula: sumOf('queue_time_ms', TYPE('Queue')),
    fact: 'fact_engagement',
    pitfalls: 'Rows that still wait have no value yet.',
    example: `select q.queue_name, max(m.max_wait_time_ms) / 1000 as longest_wait_seconds, sum(m.wait_time_all_ms) / 1000 as waited_seconds
from bi.metric_queue_interval m join bi.dim_queue q using (queue_id) group by 1 order by 2 desc`,
  },
  {
    name: 'wrap_up_time_ms',
    title: 'Wrap Up Time',
    isSeed: true,
    definition: 'After-contact work of each agent on the agent’s own engagement.',
    grain: 'engagement of type Agent or Consult, by its start',
    unit: 'ms',
    formula: sumOf('wrap_up_time_ms', `engagement_type in ('Agent', 'Consult')`),
    fact: 'fact_engagement',
    pitfalls:
      'It may arrive minutes after the call ended. A wrap-up without an engagement to stand on is kept on the conversation (fact_conversation.wrap_up_time_ms) and does not count here.',
    example: `select o.outcome_name, count(*) as engagements, sum(e.wrap_up_time_ms) / 1000 as wrap_up_seconds
from bi.fact_engagement e join bi.dim_outcome o using (outcome_id) where e.engagement_type = 'Agent' group by 1 order by 3 desc`,
  },
]

/** Columns of a metric view: every metric over one fact, by its formula. */
export function metricColumns(fact: Metric['fact']): ColumnSpec[] {
  return METRICS.filter((metric) => metric.fact === fact).map(({ name, definition, unit, formula }) => [
    name,
    unit === 'ms' ? `${definition} In ms.` : definition,
    formula,
  ])
}
