import { randomBytes, randomUUID } from 'node:crypto'

/** Both were seen (webex-cc-api §1.7): opaque with cluster and organization at the end, and JWTs without. */
export const TOKEN_FORMS = ['suffixed', 'jwt'] as const
export type TokenForm = (typeof TOKEN_FORMS)[number]

/** Name of an identity-service cluster; real ones look like `PF84`. It does not tell the region. */
const CLUSTER = 'SIM1'

const json = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A new access token. The signature of a JWT is noise: clients have no key to check it with. */
export function newAccessToken(form: TokenForm, orgId: string, nowMs: number): string {
  if (form === 'suffixed') return `${randomBytes(48).toString('base64url').replaceAll('_', '-')}_${CLUSTER}_${orgId}`
  const payload = { jti: randomUUID(), iat: Math.floor(nowMs / 1000), cluster: CLUSTER }
  return `${json({ alg: 'RS256', typ: 'JWT' })}.${json(payload)}.${randomBytes(256).toString('base64url')}`
}
