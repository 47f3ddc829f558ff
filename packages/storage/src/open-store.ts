import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { RetryableError } from '@wxcc/contracts/failures'
import { z } from 'zod'
import { openFolderStore } from './folder-store.ts'
import type { ObjectStore } from './object-store.ts'
import { openS3Store } from './s3-store.ts'
import type { BucketOptions } from './prepare-bucket.ts'
import { tracedStore } from './traced-store.ts'

/** Either `STORAGE_URL` (a folder) or the `S3_*` group. Secrets have no defaults. */
export const storageSettings = {
  STORAGE_URL: z.url({ protocol: /^file$/, message: 'must be a file:// address of a folder' }).optional(),
  S3_ENDPOINT: z.url({ protocol: /^https?$/, message: 'must be an http:// or https:// address' }).optional(),
  S3_ACCESS_KEY: z.string().optional(),
  S3_SECRET_KEY: z.string().optional(),
  S3_BUCKET: z.string().default('wxcc'),
  S3_REGION: z.string().default('us-east-1'),
  /** Creates the bucket if it is missing. */
  S3_CREATE_BUCKET: z.stringbool().default(true),
  /** Encryption at rest, by the server: every object of the bucket, through the bucket's default. */
  S3_ENCRYPTION: z.enum(['AES256', 'aws:kms']).optional(),
  /** Name of the key for `aws:kms`; the server's own without it. */
  S3_KMS_NAME: z.string().optional(),
  /** No object can be changed or removed for so many days, also not by us: it excludes retention and erasure of anything younger. */
  S3_LOCK_DAYS: z.coerce.number().int().min(1).optional(),
  S3_LOCK_MODE: z.enum(['GOVERNANCE', 'COMPLIANCE']).default('GOVERNANCE'),
  /** The server removes recordings, transcripts and attachments of this age by itself; a second net below the sources' retention. */
  S3_EXPIRE_DAYS: z.coerce.number().int().min(1).optional(),
  /** Address at which browsers reach the same store, for short-lived links on the board; without it the board hands files out itself. */
  S3_LINK_ENDPOINT: z.url({ protocol: /^https?$/, message: 'must be an http:// or https:// address' }).optional(),
}
export type StorageSettings = z.infer<z.ZodObject<typeof storageSettings>>

/** Settings that are missing for either kind of store, by name; none if `openStore` can be called. */
type NeededSetting = 'STORAGE_URL' | 'S3_ENDPOINT' | 'S3_ACCESS_KEY' | 'S3_SECRET_KEY'

export function missingStorageSettings(settings: { readonly [name in NeededSetting]?: string | undefined }): {
  readonly setting: string
  readonly problem: string
}[] {
  if (settings.S3_ENDPOINT === undefined) {
    return settings.STORAGE_URL === undefined
      ? [{ setting: 'STORAGE_URL', problem: 'is not set, and neither is S3_ENDPOINT' }]
      : []
  }
  return (['S3_ACCESS_KEY', 'S3_SECRET_KEY'] as const)
    .filter((setting) => settings[setting] === undefined)
    .map((setting) => ({ setting, problem: 'is not set, but S3_ENDPOINT is' }))
}

/** The settings at fault when the store they name cannot be opened. */
export function storeSettingNames(settings: StorageSettings): string {
  return settings.S3_ENDPOINT === undefined ? 'STORAGE_URL' : 'S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY, S3_BUCKET'
}

/** The store the settings name, with spans around it; S3 wins if both are named. Throws `RetryableError('storage_unavailable')`, or `RangeError` if settings miss. */
export async function openStore(settings: StorageSettings): Promise<ObjectStore> {
  const { S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY, STORAGE_URL } = settings
  if (S3_ENDPOINT !== undefined && S3_ACCESS_KEY !== undefined && S3_SECRET_KEY !== undefined) {
    const store = await openS3Store({
      endpoint: S3_ENDPOINT,
      accessKey: S3_ACCESS_KEY,
      secretKey: S3_SECRET_KEY,
      bucket: settings.S3_BUCKET,
      region: settings.S3_REGION,
      ...(settings.S3_LINK_ENDPOINT === undefined ? {} : { linkEndpoint: settings.S3_LINK_ENDPOINT }),
      options: bucketOptions(settings),
    })
    return tracedStore(store)
  }
  if (S3_ENDPOINT !== undefined || STORAGE_URL === undefined) throw new RangeError('storage settings are missing')
  const root = fileURLToPath(STORAGE_URL)
  // A folder that cannot be written to is found out now rather than by the first page.
  await mkdir(root, { recursive: true })
    .then(() => access(root, constants.W_OK))
    .catch((error: NodeJS.ErrnoException) => {
      throw new RetryableError('storage_unavailable', { detail: error.code ?? 'no folder' })
    })
  return tracedStore(openFolderStore(root))
}

function bucketOptions(settings: StorageSettings): BucketOptions {
  const { S3_ENCRYPTION, S3_KMS_NAME, S3_LOCK_DAYS, S3_LOCK_MODE, S3_EXPIRE_DAYS } = settings
  return {
    isCreated: settings.S3_CREATE_BUCKET,
    ...(S3_ENCRYPTION === undefined
      ? {}
      : { encryption: { algorithm: S3_ENCRYPTION, ...(S3_KMS_NAME === undefined ? {} : { keyId: S3_KMS_NAME }) } }),
    ...(S3_LOCK_DAYS === undefined ? {} : { lock: { days: S3_LOCK_DAYS, mode: S3_LOCK_MODE } }),
    ...(S3_EXPIRE_DAYS === undefined ? {} : { expireDays: S3_EXPIRE_DAYS }),
  }
}
