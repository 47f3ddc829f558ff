import { recordsIn, textOf } from '../json.ts'
import type { Json, RecordOf } from '../world.ts'

/** Channels of `GET /v1/tasks`, lower case (webex-cc-api §5.1), and what Search calls them. */
export const REST_CHANNELS: Readonly<Record<string, string>> = {
  telephony: 'telephony',
  chat: 'chat',
  email: 'email',
  social: 'social_channel',
}

/** REST's word for a channel of Search. */
export function restChannel(channelType: Json | undefined): string {
  const text = textOf(channelType)
  return Object.entries(REST_CHANNELS).find(([, search]) => search === text)?.[0] ?? text
}

/** One element of `data[]` of `GET /v1/tasks`, from the task as Search shows it (§5.1). */
export function restTask(task: RecordOf): object {
  return {
    id: task['id'],
    attributes: {
      owner: named(task['lastAgent']),
      queue: named(task['lastQueue']),
      channelType: restChannel(task['channelType']),
      status: restStatus(task),
      createdTime: task['createdTime'],
      lastUpdatedTime: task['lastActivityTime'],
      captureRequested: task['captureRequested'] === true,
      origin: task['origin'] ?? null,
      destination: task['destination'] ?? null,
      direction: restDirection(task),
      reasonCode: task['lastWrapupCodeName'] ?? null,
    },
  }
}

function named(value: Json | undefined): object | null {
  const [one] = recordsIn([value])
  return one === undefined || textOf(one['id']) === '' ? null : { id: one['id'], name: one['name'] ?? null }
}

/** `outdial` is REST's word for calls an agent or a campaign dialled (§3.10.7). */
function restDirection(task: RecordOf): string {
  if (task['isOutdial'] === true) return 'outdial'
  return textOf(task['direction']).toLowerCase() === 'outbound' ? 'outbound' : 'inbound'
}

const QUEUED = new Set(['parked', 'optOutOfQueue', 'dequeued', 'con-to-agent-error'])
const SELF_SERVICE = new Set(['new', 'flow-activity', 'treatment', 'treatment-completed', 'ivr-connected', 'ivr-done'])

/**
 * The six words of REST (§3.10.7). No source says how they follow from a contact's steps; inferred from their names: the newest step that is a state
 * tells whether an open contact is created, queued, offered or assigned; an ended one is abandoned or completed.
 */
function restStatus(task: RecordOf): string {
  if (task['isActive'] !== true) return task['terminationType'] === 'abandoned' ? 'abandoned' : 'completed'
  const nodes = recordsIn(recordsIn([task['activities']])[0]?.['nodes'])
  const newest = nodes.findLast((node) => node['eventName'] !== 'flow-activity')
  const eventName = textOf(newest?.['eventName'])
  if (eventName === '' || SELF_SERVICE.has(eventName)) return 'created'
  if (QUEUED.has(eventName)) return 'queued'
  return eventName === 'connect' ? 'offered' : 'assigned'
}
