import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { RetryableError } from '@wxcc/contracts/failures'
import { z } from 'zod'
import { openFolderStore } from './folder-store.ts'
import type { ObjectStore } from './object-store.ts'
import { openS3Store } from './s3-store.ts'
import { tracedStore } from './traced-store.ts'

/** Either `STORAGE_URL` (a folder) or the `S3_*` group. Secrets have no defaults. */
export const storageSettings = {
  STORAGE_URL: z.url({ protocol: /^file$/, message: 'must be a file:// address of a folder' }).optional(),
  S3_ENDPOINT: z.url({ protocol: /^https?$/, message: 'must be an http:// or https:// address' }).optional(),
  S3_ACCESS_KEY: z.string().optional(),
  S3_SECRET_KEY: z.string().optional(),
  S3_BUCKET: z.string().default('wxcc'),
  S3_REGION: z.string().default('us-east-1'),
}
export type StorageSettings = z.infer<z.ZodObject<typeof storageSettings>>

/** Settings that are missing for either kind of store, by name; none if `openStore` can be called. */
export function missingStorageSettings(settings: { readonly [name in keyof StorageSettings]?: string | undefined }): {
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
