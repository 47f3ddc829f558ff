/** The two generations of the subscription API: they know different events. */
export type ApiVersion = 'v1' | 'v2'

const TASK_ACTIONS = [
  'new',
  'connect',
  'connected',
  'parked',
  'on-hold',
  'hold-done',
  'consulting',
  'consult-done',
  'conferencing',
  'conference-done',
  'conference-transferred',
  'origin-updated',
  'ended',
  'failed',
]
const AGENT_ACTIONS: Readonly<Record<ApiVersion, readonly string[]>> = {
  v1: ['login', 'logout', 'state_change'],
  v2: ['login', 'logout', 'channel_state_change', 'channelType_state_change'],
}

/** Version of every resource of v2; only `agent:1.0.0` and `task:1.0.0` are published (webex-cc-api §5.3), the others follow them. */
const RESOURCE_VERSION = '1.0.0'

export interface EventType {
  /** Such as `task:ended`. */
  readonly name: string
  readonly resource: string
  readonly action: string
}

const eventType = (resource: string, action: string): EventType => ({ name: `${resource}:${action}`, resource, action })

/** Events one may subscribe to (webex-cc-api §5.3). That v1 has no `task-message` events is inferred: they came after v2. */
export const EVENT_TYPES: Readonly<Record<ApiVersion, readonly EventType[]>> = {
  v1: [
    ...AGENT_ACTIONS.v1.map((action) => eventType('agent', action)),
    eventType('capture', 'available'),
    ...TASK_ACTIONS.map((action) => eventType('task', action)),
  ],
  v2: [
    ...AGENT_ACTIONS.v2.map((action) => eventType('agent', action)),
    eventType('capture', 'available'),
    ...TASK_ACTIONS.map((action) => eventType('task', action)),
    eventType('task-message', 'appended'),
    eventType('task-message', 'append-failed'),
  ],
}

export const RESOURCE_VERSIONS = [...new Set(EVENT_TYPES.v2.map(({ resource }) => resource))].map((resource) => ({
  resource,
  version: RESOURCE_VERSION,
}))
