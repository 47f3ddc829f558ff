import type { SeenContact } from '@wxcc/db/journey/contacts'
import { customerAddressOf } from '../rules/channel.ts'
import { contactId, customerIdOf, normalizeContact } from '../rules/contact.ts'
import { type CsrRecord, knownText } from '../rules/records.ts'
import type { ConversationFacts } from '../rules/segment/facts.ts'

/** The customer's address of a task, by its anonymous id and by its values; null where the task names none. */
export function contactOf(
  csr: CsrRecord,
  conversation: ConversationFacts,
  startMs: number,
  terms: { readonly contactKey: Uint8Array },
): SeenContact | null {
  const raw = customerAddressOf(csr, conversation.direction)
  const isSocial = /^social/i.test(csr.channelType ?? '')
  const contact = normalizeContact(raw, { isSocial })
  if (raw === null || contact === null) return null
  const id = contactId(terms.contactKey, contact)
  return {
    contactId: id,
    customerId: customerIdOf(id),
    contactKind: contact.contact_kind,
    countryCallingCode: contact.country_calling_code,
    emailDomain: contact.email_domain,
    seenAt: new Date(startMs),
    normalizedValue: contact.normalized_value,
    rawValue: raw,
    displayName: contact.contact_kind === 'anonymous' ? null : knownText(csr.customer?.name),
  }
}
