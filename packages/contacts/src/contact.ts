import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { formatUuid } from '@wxcc/contracts/dimension-id'
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js'

export type { CountryCode } from 'libphonenumber-js'

export type ContactKind = 'phone' | 'email' | 'social' | 'anonymous' | 'other'

/** Personal data in `normalized_value`; the other columns of journey.contact tell no person. */
export interface Contact {
  readonly contact_kind: ContactKind
  readonly normalized_value: string
  /** Digits without `+`. */
  readonly country_calling_code: string | null
  readonly email_domain: string | null
}

export interface ContactHints {
  /** Address of a social channel: a handle rather than a number. */
  readonly isSocial?: boolean
  /** Country of numbers that carry no calling code, as ISO 3166 alpha-2. */
  readonly defaultCountry?: CountryCode
}

const ANONYMOUS = /^(anonymous|unknown|unavailable|restricted|private|blocked|withheld|no ?number|null)$/i
const EMAIL = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/

/** What stands where the address of an erased contact stood: no address, and the same contact on every channel. */
const ERASED = /^erased:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export function isErasedAddress(value: string): boolean {
  return ERASED.test(value)
}

/**
 * One form per address, so that one caller is one contact in every org: E.164 for numbers, lower case for mail.
 * Callers who hide their number share one contact of kind `anonymous`. Null when there is no address at all.
 */
export function normalizeContact(raw: string | null | undefined, hints: ContactHints = {}): Contact | null {
  const value = bare(raw ?? '')
  if (value === '') return null
  if (isErasedAddress(value)) return contact('other', value)
  if (ANONYMOUS.test(value.split('@')[0] ?? '')) return contact('anonymous', 'anonymous')
  const phone = asPhone(value, hints.defaultCountry)
  if (phone !== null) return phone
  if (EMAIL.test(value)) return { ...contact('email', value.toLowerCase()), email_domain: domainOf(value) }
  return contact(hints.isSocial === true ? 'social' : 'other', value.toLowerCase())
}

/** HMAC-SHA-256 cut to a UUID: a plain hash of a phone number could be reversed by trying them all (model §5.1). */
export function contactId(
  hmacKey: string | Uint8Array,
  value: Pick<Contact, 'contact_kind' | 'normalized_value'>,
): string {
  const mac = createHmac('sha256', preparedKey(hmacKey))
    .update(`${value.contact_kind}:${value.normalized_value}`, 'utf8')
    .digest()
  return formatUuid(mac, 8)
}

const prepared = new WeakMap<Uint8Array, KeyObject>()

/** Taking a key in costs more than hashing with it. */
function preparedKey(key: string | Uint8Array): string | KeyObject {
  if (typeof key === 'string') return key
  const known = prepared.get(key) ?? createSecretKey(key)
  prepared.set(key, known)
  return known
}

function contact(kind: ContactKind, value: string): Contact {
  return { contact_kind: kind, normalized_value: value, country_calling_code: null, email_domain: null }
}

/** Without scheme, display name, parameters: `"Ann" <sip:+4930123@host;user=phone>` is `+4930123`. */
function bare(raw: string): string {
  const inner = (/<([^>]*)>/.exec(raw)?.[1] ?? raw).trim().replace(/;.*$/, '')
  const scheme = /^(tel|sips?|mailto):/i.exec(inner)?.[1]?.toLowerCase()
  if (scheme === undefined) return inner
  const rest = inner.slice(scheme.length + 1)
  const userPart = rest.split('@')[0] ?? ''
  return scheme.startsWith('sip') && /^\+?[\d().\-\s]+$/.test(userPart) ? userPart : rest
}

function asPhone(value: string, defaultCountry: CountryCode | undefined): Contact | null {
  if (!/^\+?[\d().\-/\s]+$/.test(value)) return null
  const digits = value.replace(/\D/g, '')
  if (digits === '') return null
  const parsed = parsePhoneNumberFromString(value, defaultCountry)
  // The vendor often leaves out the `+`; a guess must be a valid number, a number as given only a possible one.
  const guessed = parsed ?? parsePhoneNumberFromString(`+${digits}`)
  if (guessed === undefined || !(parsed === undefined ? guessed.isValid() : guessed.isPossible())) {
    return contact('other', digits)
  }
  return { ...contact('phone', guessed.number), country_calling_code: guessed.countryCallingCode }
}

function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase()
}
