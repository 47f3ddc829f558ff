import { knownText, type CsrRecord } from './records.ts'
import type { ChannelType, Direction } from './segment/facts.ts'

/** Broad channel of a task (model §1.4, webex-cc-api §3.10.7). Whatever is new is a Task. */
export function channelTypeOf(channelType: string | null | undefined, subType?: string | null): ChannelType {
  switch ((channelType ?? '').toLowerCase()) {
    case 'telephony':
      return 'Voice'
    case 'email':
      return 'Email'
    case 'chat':
      return 'Chat'
    case 'social':
    case 'social_channel':
      return /sms/i.test(subType ?? '') ? 'SMS' : 'Chat'
    case 'video':
      return 'Video'
    default:
      return 'Task'
  }
}

/** Fine channel, as the vendor names it: `telephony`, or `social_channel/Facebook`. */
export function channelOf(csr: CsrRecord): string | null {
  const parts = [knownText(csr.channelType), knownText(csr.channelSubType)].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join('/')
}

/** Ruling 19. Campaign steps count too: G12 has no other sign. */
export function isOutdial(csr: CsrRecord, eventNames: readonly string[] = []): boolean {
  return (
    csr.isOutdial === true ||
    csr.isCampaign === true ||
    /^out(bound|dial)$/i.test(knownText(csr.direction) ?? '') ||
    eventNames.some((name) => name.toLowerCase() === 'campaignoutbound')
  )
}

/** Internal when the origin is one of our agents (ruling 35), which only a lookup can tell. */
export function directionOf(outdial: boolean, isOriginAgent: boolean): Direction {
  if (isOriginAgent) return 'Internal'
  return outdial ? 'Outbound' : 'Inbound'
}

/** The customer's address: who called, or who was called (model §1.4 "Contact"). Personal data. */
export function customerAddressOf(csr: CsrRecord, direction: Direction): string | null {
  const own = knownText(direction === 'Outbound' ? csr.destination : csr.origin)
  return own ?? knownText(csr.customer?.phoneNumber) ?? knownText(csr.customer?.email)
}

/** The company's address: what was called, or what we called from. */
export function companyAddressOf(csr: CsrRecord, direction: Direction): string | null {
  return knownText(direction === 'Outbound' ? csr.origin : csr.destination)
}
