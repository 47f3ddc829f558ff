import { customerIdOf } from '@wxcc/contracts/dimension-id'
import { describe, expect, it } from 'vitest'
import { contactId, normalizeContact, type ContactHints } from './contact.ts'

// Numbers are of ranges kept for fiction (Ofcom, NANP 555-01xx).
describe('normalizeContact', () => {
  it.each<[string, string, ContactHints, object]>([
    [
      'E.164',
      '+44 20 7946 0018',
      {},
      { contact_kind: 'phone', normalized_value: '+442079460018', country_calling_code: '44' },
    ],
    [
      'digits without +',
      '12025550143',
      {},
      { contact_kind: 'phone', normalized_value: '+12025550143', country_calling_code: '1' },
    ],
    ['national, with a country', '020 7946 0018', { defaultCountry: 'GB' }, { normalized_value: '+442079460018' }],
    ['tel URI', 'tel:+12025550143', {}, { normalized_value: '+12025550143' }],
    ['SIP URI', '"Ann" <sip:+12025550143@edge.example;user=phone>', {}, { normalized_value: '+12025550143' }],
    ['extension', '4711', {}, { contact_kind: 'other', normalized_value: '4711', country_calling_code: null }],
    [
      'mail',
      ' Ann.Lee@Example.COM ',
      {},
      { contact_kind: 'email', normalized_value: 'ann.lee@example.com', email_domain: 'example.com' },
    ],
    ['mail with a name', 'Ann <Ann@example.com>', {}, { contact_kind: 'email', normalized_value: 'ann@example.com' }],
    ['mailto', 'mailto:ann@example.com', {}, { contact_kind: 'email', normalized_value: 'ann@example.com' }],
    ['hidden number', 'Anonymous', {}, { contact_kind: 'anonymous', normalized_value: 'anonymous' }],
    ['hidden SIP', 'sip:anonymous@anonymous.invalid', {}, { contact_kind: 'anonymous' }],
    ['social handle', 'Ann_42', { isSocial: true }, { contact_kind: 'social', normalized_value: 'ann_42' }],
    ['a page', 'https://www.example.com/support', {}, { contact_kind: 'other' }],
  ])('%s', (_name, raw, hints, expected) => {
    expect(normalizeContact(raw, hints)).toMatchObject(expected)
  })

  it.each([null, undefined, '', '  '])('%j is no contact', (raw) => {
    expect(normalizeContact(raw)).toBeNull()
  })
})

describe('contactId', () => {
  const ann = { contact_kind: 'phone', normalized_value: '+12025550143' } as const

  it('is a UUID that depends on key and value', () => {
    expect(contactId('k1', ann)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(contactId('k1', ann)).toBe(contactId('k1', { ...ann }))
    expect(contactId('k2', ann)).not.toBe(contactId('k1', ann))
    expect(contactId('k1', { ...ann, normalized_value: '+12025550144' })).not.toBe(contactId('k1', ann))
  })

  it('gives one customer per contact', () => {
    expect(customerIdOf('a')).toBe(customerIdOf('a'))
    expect(customerIdOf('a')).not.toBe(customerIdOf('b'))
  })
})
