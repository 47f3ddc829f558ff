import type { Clock } from '@wxcc/contracts/clock'
import { failureCodeOf } from '@wxcc/queue/decide-failure'
import { orgOfToken } from '@wxcc/webex/authorization'
import type { Secret } from '@wxcc/contracts/secret'
import type { TokenSource } from '@wxcc/webex/access-token'
import { captures } from '@wxcc/webex/captures'
import { type WebexClient, createWebexClient } from '@wxcc/webex/client'
import { configurationPage } from '@wxcc/webex/configuration'
import { countWindows } from '@wxcc/webex/count-windows'
import { createLogger } from '@wxcc/telemetry/log'
import { type Finding, bad, good, skipped, warn } from './check.ts'

const HOUR_MS = 3_600_000
/** A minute and more is not the network. */
const MAX_SKEW_MS = 60_000
/** Lists nothing, and is refused exactly when listing is. */
const NO_TASK = '00000000-0000-4000-8000-000000000000'

const CONSENT = 'consent again as an administrator of the contact centre: wxcc connect'
const ROLE = `the scope cjp:config_read or the role is missing, or the organisation lives in another --data-center; ${CONSENT}`

/** What one organisation lets us do, endpoint by endpoint: the order is that of the first things that go wrong. */
export async function checkVendor(at: {
  readonly apiUrl: string
  readonly orgId: string
  readonly token: TokenSource
  readonly now: Clock
}): Promise<Finding[]> {
  const findings: Finding[] = []
  let token: Secret
  try {
    token = await at.token.get()
    findings.push(good('Access token', 'the vendor grants one'))
  } catch (error) {
    const isRefused = failureCodeOf(error) === 'consent_needed'
    findings.push(
      isRefused
        ? bad('Access token', 'the vendor refuses client id, client secret or refresh token', CONSENT)
        : bad('Access token', 'the token address does not answer', 'check --token-url, the proxy and the firewall'),
    )
    return [
      ...findings,
      ...['Organisation', 'Search', 'Recordings', 'Configuration'].map((check) => skipped(check, 'no token')),
    ]
  }

  const tokenOrg = orgOfToken(token)
  findings.push(
    tokenOrg === null
      ? warn('Organisation', 'the token does not say whose it is', 'compare the organisation in Control Hub')
      : tokenOrg === at.orgId.toLowerCase()
        ? good('Organisation', 'the token belongs to it')
        : bad(
            'Organisation',
            'the token belongs to another organisation',
            'a browser that is signed in elsewhere gives away that organisation: sign out of Webex, then wxcc connect',
          ),
  )
  const client = createWebexClient({
    apiUrl: at.apiUrl,
    orgId: at.orgId,
    token: at.token,
    lane: 'live',
    acquire: async () => {},
    log: createLogger('cli', { level: 'silent' }),
  })
  findings.push(await checkClock(at))
  findings.push(await ask('Search', () => search(client, at.now), ROLE))
  findings.push(await ask('Recordings', () => captures(client, { taskIds: [NO_TASK], urlExpirationMinutes: 1 }), ROLE))
  findings.push(await ask('Configuration', () => configurationPage(client, 'team', 0), ROLE))
  return findings
}

async function search(client: WebexClient, now: Clock): Promise<void> {
  const nowMs = Math.floor((await now()) / HOUR_MS) * HOUR_MS
  await countWindows(client, { stream: 'task', dayFromMs: nowMs - HOUR_MS, dayToMs: nowMs })
}

async function ask(check: string, request: () => Promise<unknown>, onRefusal: string): Promise<Finding> {
  try {
    await request()
    return good(check, 'answers')
  } catch (error) {
    switch (failureCodeOf(error)) {
      case 'vendor_unauthorized':
      case 'vendor_forbidden':
        return bad(check, 'refuses us', onRefusal)
      case 'vendor_not_found':
        return bad(check, 'is not there', 'check --data-center: another region has this organisation')
      case 'vendor_timeout':
      case 'vendor_unavailable':
        return bad(check, 'does not answer', 'check --data-center (--api-url), the proxy and the firewall')
      case 'vendor_throttled':
        return warn(
          check,
          'answers 429',
          'another program spends this client id’s requests: wxcc sources set --budget-share',
        )
      default:
        return bad(check, 'answers something else than Webex does', 'check --api-url; is a proxy in between?')
    }
  }
}

/** The vendor's `Date` against the pipeline's clock: due times and token lives rest on it. */
async function checkClock(at: {
  readonly apiUrl: string
  readonly orgId: string
  readonly now: Clock
}): Promise<Finding> {
  // Without a token it is refused, and that answer has the time too.
  const url = `${at.apiUrl}/organization/${encodeURIComponent(at.orgId)}`
  const answer = await fetch(url, { method: 'HEAD', redirect: 'manual' }).catch(() => undefined)
  const vendorMs = Date.parse(answer?.headers.get('date') ?? '')
  if (Number.isNaN(vendorMs)) return skipped('Clock', 'the vendor does not tell the time')
  const skewMs = Math.abs((await at.now()) - vendorMs)
  return skewMs <= MAX_SKEW_MS
    ? good('Clock', 'Postgres and the vendor agree')
    : bad('Clock', `Postgres is ${Math.round(skewMs / 1_000)} s off the vendor`, 'run NTP on the database server')
}
