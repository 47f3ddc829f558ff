import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import type { Source } from '@wxcc/db/data-source'
import { postgresClock } from '@wxcc/db/postgres-clock'
import type { SealingKey } from '@wxcc/db/seal'
import { createTokenSource } from '@wxcc/webex/access-token'
import type { Finding } from './check.ts'
import { checkVendor } from './check-vendor.ts'

/** The doctor of one source, with the stored credential, which is refreshed as a worker would: what the vendor rotates is kept. */
export async function checkSource(
  db: Database,
  key: SealingKey,
  source: Source,
  now: Clock = postgresClock(db),
): Promise<Finding[]> {
  const token = createTokenSource({ now, store: openCredentials(db, key).storeOf(source.credentialId) })
  return checkVendor({ apiUrl: source.apiUrl, orgId: source.orgId, token, now })
}
