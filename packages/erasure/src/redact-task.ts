import { CAR_FIELDS, CSR_FIELDS } from '@wxcc/webex/selections'
import type { MarkerOf } from './marker-of.ts'

/** A record of Search as parsed from its page, or any object in it. */
export type Json = Readonly<Record<string, unknown>>

const rootsOf = (fields: readonly string[]) => new Set(fields.map((field) => field.split('.')[0]!))
const CSR_KEPT = rootsOf([...CSR_FIELDS, 'activities'])
const CAR_KEPT = rootsOf(CAR_FIELDS)

/** What a customer is called, wrote, said or chose to tell; a number they want to be called at. */
const PERSONAL = ['globalVariables', 'contactReason']

/**
 * A task (CSR, with the CARs it came with) without its customer; the task itself if its customer was not erased. Ids, times and names of agents and
 * queues stay, so that the same facts are derived of it, but for the contact: the marker stands where the address stood. Members nobody asked
 * for, which nobody can judge, leave. Of other people's tasks only an erased address leaves, where one was called or transferred to.
 */
export function redactTask(task: Json, markerOf: MarkerOf): Json {
  const isSocial = /^social/i.test(textOf(task['channelType']) ?? '')
  const marker = (value: unknown) => {
    const text = textOf(value)
    return text === null ? undefined : markerOf(text, isSocial)
  }
  const found = customersMarker(task, marker)
  const numbers = redactNumbers(task, marker)
  if (found === undefined) return numbers
  const { customer, channelMetaData, callbackData, feedback, activities } = numbers
  return {
    ...pick(numbers, CSR_KEPT),
    ...Object.fromEntries(PERSONAL.flatMap((name) => (name in task ? [[name, null]] : []))),
    ...(isObject(customer) ? { customer: redactCustomer(customer, found) } : {}),
    ...(isObject(channelMetaData) ? { channelMetaData: threadOf(channelMetaData) } : {}),
    ...(isObject(callbackData) ? { callbackData: { ...callbackData, callbackNumber: null } } : {}),
    ...(isObject(feedback) ? { feedback: { ...feedback, comment: null } } : {}),
    ...(isObject(activities) ? { activities: mapNodes(activities, (car) => pick(car, CAR_KEPT)) } : {}),
  }
}

/** The address of a task's customer is its origin or destination, else what the vendor knows of the customer. */
function customersMarker(task: Json, marker: (value: unknown) => string | undefined): string | undefined {
  const { origin, destination, customer } = task
  const own = marker(origin) ?? marker(destination)
  if (own !== undefined || !isObject(customer)) return own
  const isKnownByLine = textOf(origin) !== null && textOf(destination) !== null
  return isKnownByLine ? undefined : (marker(customer['phoneNumber']) ?? marker(customer['email']))
}

/** Wherever a task or a step names an address. */
function redactNumbers(task: Json, marker: (value: unknown) => string | undefined): Json {
  const replaced = replaceIn(task, ['origin', 'destination', 'transferEpDN'], marker)
  const { customer, callbackData, activities } = task
  const parts: [string, unknown][] = []
  if (isObject(customer)) parts.push(['customer', replaceIn(customer, ['phoneNumber', 'email'], marker)])
  if (isObject(callbackData)) parts.push(['callbackData', replaceIn(callbackData, ['callbackNumber'], marker)])
  if (isObject(activities)) {
    parts.push(['activities', mapNodes(activities, (car) => replaceIn(car, ['destinationAgentPhoneNumber'], marker))])
  }
  const changed = parts.filter(([name, value]) => value !== task[name])
  return changed.length === 0 ? replaced : { ...replaced, ...Object.fromEntries(changed) }
}

/** The same object when nothing in it was replaced. */
function replaceIn(owner: Json, names: readonly string[], marker: (value: unknown) => string | undefined): Json {
  let changed: Record<string, unknown> | undefined
  for (const name of names) {
    const found = marker(owner[name])
    if (found !== undefined) (changed ??= { ...owner })[name] = found
  }
  return changed ?? owner
}

function redactCustomer(customer: Json, marker: string): Json {
  const instead = (value: unknown) => (textOf(value) === null ? value : marker)
  return {
    ...('phoneNumber' in customer ? { phoneNumber: instead(customer['phoneNumber']) } : {}),
    ...('email' in customer ? { email: instead(customer['email']) } : {}),
    ...('name' in customer ? { name: null } : {}),
  }
}

/** Of what the transport says only the id of the mail thread stays: it ties tasks together. */
function threadOf(channelMetaData: Json): Json | null {
  const email = parsed(channelMetaData['email'])
  const metadata = parsed(isObject(email) ? email['metadata'] : null)
  const threadId = isObject(metadata) ? textOf(metadata['threadId']) : null
  return threadId === null ? null : { email: { metadata: { threadId } } }
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return null
  }
}

/** The same object when no node changed. */
function mapNodes(activities: Json, change: (node: Json) => Json): Json {
  const nodes = activities['nodes']
  if (!Array.isArray(nodes)) return activities
  const changed = nodes.map((node: unknown) => (isObject(node) ? change(node) : node))
  return changed.every((node, index) => node === nodes[index]) ? activities : { ...activities, nodes: changed }
}

function pick(owner: Json, names: ReadonlySet<string>): Json {
  return Object.fromEntries(Object.entries(owner).filter(([name]) => names.has(name)))
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
