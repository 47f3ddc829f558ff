/** Data centers of the vendor (webex-cc-api §2): `https://api.wxcc-{region}.cisco.com`. */
export const REGIONS = ['us1', 'eu1', 'eu2', 'anz1', 'ca1', 'jp1', 'sg1', 'in1'] as const
export type Region = (typeof REGIONS)[number]

const PREFIX = new RegExp(`^/regions/(${REGIONS.join('|')})(?=[/?]|$)`)
const HOST = new RegExp(`^(?:api\\.wxcc-)?(${REGIONS.join('|')})\\.`, 'i')

/** Address of a region on this one server: the path inside it. Anything else is the path itself. */
export function pathInRegion(url: string): string {
  const path = url.replace(PREFIX, '')
  return path.startsWith('/') ? path : `/${path}`
}

/**
 * Region a request was sent to: `/regions/{code}/…`, else a host such as `eu1.localhost` or `api.wxcc-eu1.…`; undefined for the bare address, which
 * belongs to the first organization's region.
 */
export function regionAsked(url: string, host: string | undefined): Region | undefined {
  const code = PREFIX.exec(url)?.[1] ?? HOST.exec(host ?? '')?.[1]?.toLowerCase()
  return REGIONS.find((region) => region === code)
}
