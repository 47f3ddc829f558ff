import { type Contact, contactId, type CountryCode, normalizeContact } from '@wxcc/contacts/contact'
import { customerIdOf } from '@wxcc/contracts/dimension-id'
import type { Source } from '@wxcc/db/data-source'
import type { SeenContact } from '@wxcc/db/journey/contacts'
import { customerAddressOf } from '../rules/channel.ts'
import { type CsrRecord, knownText } from '../rules/records.ts'
import type { ConversationFacts } from '../rules/segment/facts.ts'

interface ContactTerms {
  readonly contactKey: Uint8Array
  readonly source: Pick<Source, 'defaultCountry'>
}

/** The customer's address of a task, by its anonymous id and by its values; null where the task names none. */
export function contactOf(
  csr: CsrRecord,
  conversation: ConversationFacts,
  startMs: number,
  terms: ContactTerms,
): SeenContact | null {
  const raw = customerAddressOf(csr, conversation.direction)
  const isSocial = /^social/i.test(csr.channelType ?? '')
  const contact = raw === null ? null : addressOf(raw, { isSocial, source: terms.source })
  if (raw === null || contact === null) return null
  const id = contactId(terms.contactKey, contact)
  return {
    contactId: id,
    customerId: customerIdOf(id),
    // In an internal call the agent stands where the customer does (model §2.3-17).
    customerType: conversation.direction === 'Internal' ? 'Agent' : 'Person',
    contactKind: contact.contact_kind,
    countryCallingCode: contact.country_calling_code,
    emailDomain: contact.email_domain,
    seenAt: new Date(startMs),
    normalizedValue: contact.normalized_value,
    rawValue: raw,
    displayName: contact.contact_kind === 'anonymous' ? null : knownText(csr.customer?.name),
  }
}

/** Reading a number costs more than all else about a contact, and callers call again. */
const REMEMBERED = 10_000

const known = new Map<string, Contact | null>()

/** `normalizeContact` by the settings of a source. */
export function addressOf(
  raw: string,
  { isSocial, source }: { readonly isSocial: boolean; readonly source: Pick<Source, 'defaultCountry'> },
): Contact | null {
  const key = `${isSocial ? 's' : ''}/${source.defaultCountry ?? ''}/${raw}`
  const held = known.get(key)
  if (held !== undefined) return held
  const contact = normalizeContact(raw, {
    isSocial,
    ...(source.defaultCountry === null ? {} : { defaultCountry: asCountry(source.defaultCountry) }),
  })
  if (known.size >= REMEMBERED) known.clear()
  known.set(key, contact)
  return contact
}

/** A country the library does not know reads numbers as none would. */
function asCountry(code: string): CountryCode {
  return code as CountryCode
}
