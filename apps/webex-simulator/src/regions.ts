/** Data centers of the vendor (webex-cc-api §2): `https://api.wxcc-{region}.cisco.com`. */
export const REGIONS = ['us1', 'eu1', 'eu2', 'anz1', 'ca1', 'jp1', 'sg1', 'in1'] as const
export type Region = (typeof REGIONS)[number]
