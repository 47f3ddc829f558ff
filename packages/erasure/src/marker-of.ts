import { type CountryCode, contactId, normalizeContact } from '@wxcc/contacts/contact'
import type { ErasedContact } from '@wxcc/db/erased'

/** What stands for an address whose contact was erased; undefined for every other one. `isSocial`: it is of a social channel. */
export type MarkerOf = (address: string, isSocial: boolean) => string | undefined

/** Reading a number costs more than all else, and callers call again. */
const REMEMBERED = 10_000

/** By the same rules and the same key as contacts are made by. */
export function markerOf(
  erased: ReadonlyMap<string, Pick<ErasedContact, 'marker'>>,
  terms: { readonly contactKey: Uint8Array; readonly defaultCountry: string | null },
): MarkerOf {
  const known = new Map<string, string | undefined>()
  return (address, isSocial) => {
    const key = `${isSocial}/${address}`
    if (known.has(key)) return known.get(key)
    const id = contactIdOf(address, { ...terms, isSocial })
    const marker = id === null ? undefined : erased.get(id)?.marker
    if (known.size >= REMEMBERED) known.clear()
    known.set(key, marker)
    return marker
  }
}

/** The id an address has in `journey.contact`; null for what is no address. */
export function contactIdOf(
  address: string,
  terms: { readonly contactKey: Uint8Array; readonly defaultCountry: string | null; readonly isSocial: boolean },
): string | null {
  const contact = normalizeContact(address, {
    isSocial: terms.isSocial,
    // A country the library does not know reads numbers as none would.
    ...(terms.defaultCountry === null ? {} : { defaultCountry: terms.defaultCountry as CountryCode }),
  })
  return contact === null ? null : contactId(terms.contactKey, contact)
}
