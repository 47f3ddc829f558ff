import { isIP } from 'node:net'

/** Names that no public resolver answers (RFC 2606, RFC 6761, RFC 6762) and the usual private ones. */
const PRIVATE_TLDS = new Set([
  'localhost',
  'local',
  'internal',
  'invalid',
  'test',
  'example',
  'lan',
  'home',
  'corp',
  'arpa',
])

/**
 * What is wrong with the destination of a subscription, or undefined: HTTPS, a host under a public top-level domain, a path, no query, user, fragment
 * or port but 443 (webex-cc-api §5.3).
 * @param mayBeLocal also takes `http://`, any port and any host: receivers on one's own machine or network, which the vendor would refuse
 */
export function faultOfDestination(text: string, mayBeLocal: boolean): string | undefined {
  const url = URL.parse(text)
  if (url === null) return 'destinationUrl must be a URL.'
  if (url.search !== '' || text.includes('?')) return 'destinationUrl must not have a query.'
  if (url.hash !== '' || text.includes('#')) return 'destinationUrl must not have a fragment.'
  if (url.username !== '' || url.password !== '') return 'destinationUrl must not have user information.'
  if (!/^[a-z]+:\/\/[^/]+\//i.test(text)) return 'destinationUrl must have a path.'
  if (mayBeLocal && (url.protocol === 'http:' || url.protocol === 'https:')) return undefined
  if (url.protocol !== 'https:') return 'destinationUrl must begin with https://.'
  if (url.port !== '') return 'destinationUrl must not have a port other than 443.'
  const tld = url.hostname.split('.').at(-1) ?? ''
  const isPublic = url.hostname.includes('.') && isIP(url.hostname) === 0 && /^[a-z][a-z0-9-]+$/i.test(tld)
  return isPublic && !PRIVATE_TLDS.has(tld) ? undefined : 'destinationUrl must have a public top-level domain.'
}
