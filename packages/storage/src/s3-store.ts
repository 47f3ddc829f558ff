import { openAsBlob } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { RetryableError } from '@wxcc/contracts/failures'
import { Client } from 'minio'
import { checkSize } from './folder-store.ts'
import { type ObjectFacts, type ObjectStore, checkKey } from './object-store.ts'
import { type BucketOptions, prepareBucket } from './prepare-bucket.ts'

export interface S3Settings {
  readonly endpoint: string
  readonly accessKey: string
  readonly secretKey: string
  readonly bucket: string
  readonly region: string
  /** Where browsers reach the same store; absent = nowhere, and no links are given. */
  readonly linkEndpoint?: string
  readonly options?: BucketOptions
}

/** A signed upload address is used at once. */
const UPLOAD_SECONDS = 900
/** A single PUT takes 5 GiB at most, by S3's own rule. */
const MAX_PUT_BYTES = 5 * 1_024 ** 3

/**
 * Objects in any S3, through the minio client. That client hangs on failing streams, buffers streams of unknown length and accepts short bodies;
 * so it never gets a stream: bytes go by one `putObject`, files by one PUT of known length to an address it signs. Each write is confirmed by
 * its length. Creates the bucket if it is missing, unless told not to.
 */
export async function openS3Store(settings: S3Settings): Promise<ObjectStore> {
  const { bucket, region } = settings
  const client = connect(settings)
  const linking =
    settings.linkEndpoint === undefined ? undefined : connect({ ...settings, endpoint: settings.linkEndpoint })
  await calling(() => prepareBucket(client, { bucket, region, options: settings.options ?? {} }))

  const sizeOf = async (key: string): Promise<number | undefined> => {
    try {
      const { size } = await client.statObject(bucket, key)
      return size
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw error
    }
  }

  return {
    put: (key, source, about) =>
      calling(async () => {
        checkKey(key)
        const byteSize = source instanceof Uint8Array ? source.length : source.byteSize
        if (source instanceof Uint8Array) {
          await client.putObject(bucket, key, Buffer.from(source), byteSize, headersOf(about))
        } else {
          await checkSize(source)
          await putFile(await client.presignedPutObject(bucket, key, UPLOAD_SECONDS), source, about)
        }
        const stored = await sizeOf(key)
        if (stored !== byteSize)
          throw new RetryableError('storage_mismatch', { detail: `${stored ?? 'no'} of ${byteSize} bytes` })
      }),
    get: (key) =>
      calling(async () => {
        try {
          return await buffer(await client.getObject(bucket, checkKey(key)))
        } catch (error) {
          if (isAbsent(error)) return undefined
          throw error
        }
      }),
    open: (key) =>
      calling(async () => {
        try {
          return await client.getObject(bucket, checkKey(key))
        } catch (error) {
          if (isAbsent(error)) return undefined
          throw error
        }
      }),
    link: (key, seconds) => calling(async () => linking?.presignedGetObject(bucket, checkKey(key), seconds)),
    stat: (key) =>
      calling(async () => {
        const byteSize = await sizeOf(checkKey(key))
        return byteSize === undefined ? undefined : { byteSize }
      }),
    async *list(prefix) {
      for await (const item of client.listObjectsV2(bucket, prefix, true)) {
        const { name } = item as { readonly name?: string }
        if (name !== undefined) yield name
      }
    },
    remove: (key) => calling(() => client.removeObject(bucket, checkKey(key))),
  }
}

function connect(settings: S3Settings): Client {
  const url = new URL(settings.endpoint)
  const isSecure = url.protocol === 'https:'
  return new Client({
    endPoint: url.hostname,
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    useSSL: isSecure,
    accessKey: settings.accessKey,
    secretKey: settings.secretKey,
    region: settings.region,
    // Servers behind one host name know no bucket sub-domains.
    pathStyle: true,
  })
}

function headersOf({ contentType, sha256 }: ObjectFacts): Record<string, string> {
  return { 'content-type': contentType, 'x-amz-meta-sha256': Buffer.from(sha256).toString('hex') }
}

/** A blob of a file has a known length and is read while it is sent. The address is signed: it is neither logged nor part of any error. */
async function putFile(
  url: string,
  source: { readonly file: string; readonly byteSize: number },
  about: ObjectFacts,
): Promise<void> {
  if (source.byteSize > MAX_PUT_BYTES) throw new RetryableError('storage_unavailable', { detail: 'larger than 5 GiB' })
  const body = await openAsBlob(source.file, { type: about.contentType })
  // The checksum metadata is not part of the signed address, so it cannot be sent with it.
  const response = await fetch(url, { method: 'PUT', body, headers: { 'content-type': about.contentType } })
  await response.text()
  if (!response.ok) throw new RetryableError('storage_unavailable', { detail: `status ${response.status}` })
}

/** Foreign errors are reduced to their code: messages and causes carry addresses. */
async function calling<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RetryableError || error instanceof RangeError) throw error
    throw new RetryableError('storage_unavailable', { detail: codeOf(error) })
  }
}

function isAbsent(error: unknown): boolean {
  return ['NotFound', 'NoSuchKey'].includes(codeOf(error))
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : 'no answer'
}
