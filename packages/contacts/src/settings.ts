import { z } from 'zod'

const KEY_BYTES = 32

/** `CONTACT_KEY`, the HMAC key of contact ids: 32 random bytes in base64. Never rotated: with another key every customer becomes a new one. */
export const contactSettings = {
  CONTACT_KEY: z.string().transform((text, context) => {
    const key = Buffer.from(text, 'base64')
    if (key.length === KEY_BYTES) return key
    context.addIssue('must be 32 random bytes in base64 (openssl rand -base64 32)')
    return z.NEVER
  }),
}
