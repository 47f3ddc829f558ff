import { isObject, textOf, type JsonObject } from './read-json.ts'
import type { Participant } from './turn-facts.ts'

const ROLE_KEYS = [
  'participantType',
  'role',
  'senderType',
  'userType',
  'participant',
  'sender',
  'from',
  'author',
  'owner',
]

/** Whoever speaks, by the words the vendor's files use: a role first, else the direction. */
export function participantOf(message: JsonObject): Participant {
  for (const key of ROLE_KEYS) {
    const value = message[key]
    const word = isObject(value) ? textOf(value, ['type', 'role', 'participantType']) : value
    const found = typeof word === 'string' ? participantOfRole(word) : 'Unknown'
    if (found !== 'Unknown') return found
  }
  const direction = textOf(message, ['direction'])?.toLowerCase()
  if (direction === 'inbound' || direction === 'incoming') return 'Customer'
  if (direction === 'outbound' || direction === 'outgoing') return 'Agent'
  return 'Unknown'
}

/** `CALLER`, `AGENT` and `VA` are the vendor's; the rest are spellings met in like formats. */
export function participantOfRole(role: string): Participant {
  const word = role
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')
  if (/^(va|bot|ai agent|virtual agent|ai assistant|assistant|virtual assistant|chatbot)$/.test(word)) return 'Bot'
  if (/^(agent|human agent|supervisor|user agent|employee)$/.test(word)) return 'Agent'
  if (/^(caller|customer|consumer|end user|contact|visitor|client)$/.test(word)) return 'Customer'
  if (/^(system|service|notification|workflow|flow)$/.test(word)) return 'System'
  if (/^(external|third party|others?)$/.test(word)) return 'External'
  return 'Unknown'
}
