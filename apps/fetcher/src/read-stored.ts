import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { FatalError } from '@wxcc/contracts/failures'
import type { RawPage } from '@wxcc/db/raw-page'
import type { ObjectStore } from '@wxcc/storage/object-store'

const decompress = promisify(gunzip)

/** The body of a page an earlier run stored. Throws `FatalError('raw_page_missing')` if the object is gone or is not what was listed. */
export async function readStored(objects: ObjectStore, page: RawPage): Promise<Buffer> {
  const bytes = await objects.get(page.objectKey)
  if (bytes === undefined || !createHash('sha256').update(bytes).digest().equals(page.sha256)) {
    throw new FatalError('raw_page_missing', { detail: `raw page ${page.rawPageId}` })
  }
  return decompress(bytes)
}
