import { RetryableError } from '@wxcc/contracts/failures'
import type { Client } from 'minio'

/** What the server is asked to do with everything in the bucket. */
export interface BucketOptions {
  /** Creates the bucket if it is missing. @default true */
  readonly isCreated?: boolean
  /** Default encryption at rest. Uploads by signed address cannot carry headers, so it is asked of the bucket and not of each object. */
  readonly encryption?: { readonly algorithm: 'AES256' | 'aws:kms'; readonly keyId?: string }
  /** Object lock: nothing is removed or changed for so many days. A bucket that exists must have been created with it. */
  readonly lock?: { readonly days: number; readonly mode: 'GOVERNANCE' | 'COMPLIANCE' }
  /** Files of captures are removed by the server at this age; raw pages stay. */
  readonly expireDays?: number
}

/** Objects that the server may let expire: what people said and wrote. */
const EXPIRING = ['recording/', 'transcript/', 'attachment/']

/**
 * Brings the bucket to what `options` say; harmless when it is so already. A server that does not know an option is an error that names the setting:
 * nothing is stored unencrypted or unlocked by mistake. Throws `RetryableError('storage_unavailable')`.
 */
export async function prepareBucket(
  client: Client,
  given: { readonly bucket: string; readonly region: string; readonly options: BucketOptions },
): Promise<void> {
  const { bucket, region, options } = given
  const { encryption, lock, expireDays } = options
  if (!(await client.bucketExists(bucket))) {
    if (options.isCreated === false) throw new RetryableError('storage_unavailable', { detail: 'no such bucket' })
    await client.makeBucket(bucket, region, { ObjectLocking: lock !== undefined })
  }
  if (encryption !== undefined) {
    const { algorithm, keyId } = encryption
    const byDefault = { SSEAlgorithm: algorithm, ...(keyId === undefined ? {} : { KMSMasterKeyID: keyId }) }
    await asking('S3_ENCRYPTION', () =>
      client.setBucketEncryption(bucket, { Rule: [{ ApplyServerSideEncryptionByDefault: byDefault }] }),
    )
  }
  if (lock !== undefined) {
    const rule = { mode: lock.mode, unit: 'Days', validity: lock.days } as Parameters<Client['setObjectLockConfig']>[1]
    await asking('S3_LOCK_DAYS', async () => client.setObjectLockConfig(bucket, rule))
  }
  if (expireDays !== undefined) {
    const rules = EXPIRING.map((prefix) => ({
      ID: `wxcc-${prefix.slice(0, -1)}`,
      Status: 'Enabled',
      Filter: { Prefix: prefix },
      Expiration: { Days: expireDays },
    }))
    await asking('S3_EXPIRE_DAYS', () => client.setBucketLifecycle(bucket, { Rule: rules }))
  }
}

async function asking(setting: string, ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw new RetryableError('storage_unavailable', {
      detail: `${setting} was refused${/^\w{1,60}$/.test(code) ? `: ${code}` : ''}`,
    })
  }
}
