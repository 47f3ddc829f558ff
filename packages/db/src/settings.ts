import { z } from 'zod'
import { readSealingKey } from './seal.ts'

/** `DATABASE_URL`: the ledger and the target tables. Any Postgres from 15 on. */
export const databaseSettings = {
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, message: 'must be a postgres:// address' }),
}

/**
 * `SECRETS_KEY` seals credentials in `etl.credential`: 32 random bytes in base64, or several with commas between while they are rotated (the first
 * seals). Losing it means connecting every source again.
 */
export const sealingSettings = {
  SECRETS_KEY: z.string().transform((text, context) => {
    try {
      return readSealingKey(text)
    } catch {
      context.addIssue('must be 32 random bytes in base64 (openssl rand -base64 32)')
      return z.NEVER
    }
  }),
}
