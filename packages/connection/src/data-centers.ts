import { ConfigError } from '@wxcc/runtime/load-config'

/** One token endpoint and one consent page for every data center (webex-cc-api §1.1). */
export const TOKEN_URL = 'https://webexapis.com/v1/access_token'
export const AUTHORIZE_URL = 'https://webexapis.com/v1/authorize'
/** Region codes of webex-cc-api §2; the API's host is made of them. */
export const DATA_CENTERS = ['us1', 'eu1', 'eu2', 'anz1', 'ca1', 'jp1', 'sg1', 'in1'] as const

export function apiUrlOf(dataCenter: string): string {
  if (!(DATA_CENTERS as readonly string[]).includes(dataCenter)) {
    throw new ConfigError([{ setting: '--data-center', problem: `must be one of ${DATA_CENTERS.join(', ')}` }])
  }
  return `https://api.wxcc-${dataCenter}.cisco.com`
}
