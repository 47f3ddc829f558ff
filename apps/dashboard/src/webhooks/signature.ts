import { createHmac, timingSafeEqual } from 'node:crypto'

/** The secret of one source's subscription. Made of `WEBHOOK_SECRET`, so that none has to be stored and none opens another source's door. */
export function secretOf(master: Uint8Array, sourceKey: string): string {
  return createHmac('sha256', master).update(`webhook/${sourceKey}`).digest('hex')
}

/** `X-WebexCC-Signature`: lower-case hex HMAC-SHA256 of the body as it came (webex-cc-api §5.3). Compared in constant time. */
export function isSigned(body: Uint8Array, signature: string | undefined, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(body).digest()
  const given = Buffer.from(signature ?? '', 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}
