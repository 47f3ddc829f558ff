import { describe, expect, it } from 'vitest'
import { channelOf, channelTypeOf, companyAddressOf, customerAddressOf, directionOf, isOutdial } from './channel.ts'
import { csrOf } from './life.testing.ts'
import type { ChannelType } from './segment/facts.ts'

describe('channel', () => {
  it.each<[string | null, string | null, ChannelType]>([
    ['telephony', null, 'Voice'],
    ['TELEPHONY', null, 'Voice'],
    ['email', null, 'Email'],
    ['chat', null, 'Chat'],
    ['social_channel', 'WhatsApp', 'Chat'],
    ['social_channel', 'SMS', 'SMS'],
    ['social', 'sms', 'SMS'],
    ['video', null, 'Video'],
    ['workItem', null, 'Task'],
    ['customMessaging', null, 'Task'],
    [null, null, 'Task'],
  ])('%s / %s is %s', (type, subType, expected) => {
    expect(channelTypeOf(type, subType)).toBe(expected)
  })

  it('keeps the fine channel as the vendor names it', () => {
    expect(channelOf(csrOf({ channelType: 'social_channel', channelSubType: 'Facebook' }))).toBe(
      'social_channel/Facebook',
    )
    expect(channelOf(csrOf({ channelType: null }))).toBeNull()
  })

  it.each([
    [{ direction: 'inbound' }, [], false],
    [{ direction: 'OUTBOUND' }, [], true],
    [{ direction: 'outdial' }, [], true],
    [{ isOutdial: true }, [], true],
    [{ isCampaign: true }, [], true],
    [{}, ['campaignOutbound'], true],
  ])('outdial of %j with steps %j: %s (ruling 19)', (fields, events, expected) => {
    expect(isOutdial(csrOf(fields), events)).toBe(expected)
  })

  it('customer and company change places with the direction', () => {
    const csr = csrOf({ origin: 'them', destination: 'us' })
    expect([customerAddressOf(csr, 'Inbound'), companyAddressOf(csr, 'Inbound')]).toEqual(['them', 'us'])
    expect([customerAddressOf(csr, 'Outbound'), companyAddressOf(csr, 'Outbound')]).toEqual(['us', 'them'])
    expect(customerAddressOf(csrOf({ customer: { email: 'a@example.com' } }), 'Inbound')).toBe('a@example.com')
    expect([directionOf(true, true), directionOf(true, false), directionOf(false, false)]).toEqual([
      'Internal',
      'Outbound',
      'Inbound',
    ])
  })
})
