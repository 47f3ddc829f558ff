import { readdir } from 'node:fs/promises'
import path from 'node:path'
import S3rver from 's3rver'

const OBJECT = '._S3rver_object'
/** What lies beside an object, and markers of buckets and folders. */
const BESIDE = /\._S3rver_(?:metadata\.json|object\.md5|\w+\.xml)$|\.modified$/

/** An S3 server from npm over a folder; it does not check signatures. */
export interface LocalS3 {
  readonly endpoint: string
  readonly accessKey: string
  readonly secretKey: string
  readonly region: string
  /** The file that holds an object's bytes. */
  pathOf(bucket: string, key: string): string
  /** Keys of a bucket as they lie on disk, with what was begun and never finished: parts of uploads, files that are no object. */
  keysOf(bucket: string): Promise<string[]>
  stop(): Promise<void>
}

export async function startLocalS3(folder: string): Promise<LocalS3> {
  const server = new S3rver({ address: '127.0.0.1', port: 0, directory: folder, silent: true })
  const { port } = await server.run()
  return {
    endpoint: `http://127.0.0.1:${port}`,
    accessKey: 'S3RVER',
    secretKey: 'S3RVER',
    region: 'us-east-1',
    pathOf: (bucket, key) => path.join(folder, bucket, `${key}${OBJECT}`),
    async keysOf(bucket) {
      const root = path.join(folder, bucket)
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
      return entries
        .filter((entry) => entry.isFile() && !BESIDE.test(entry.name))
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
        .map((name) => (name.endsWith(OBJECT) ? name.slice(0, -OBJECT.length) : name))
    },
    stop: () => server.close(),
  }
}
