import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { FatalError } from '@wxcc/contracts/failures'
import type { RawPage } from '@wxcc/db/raw-page'

const unzip = promisify(gunzip)

/** A stored page, checked against the ledger and parsed. */
export interface ReadPage extends Pick<RawPage, 'rawPageId' | 'recordKind'> {
  readonly body: unknown
}

/** Gives the stored bytes of an object; undefined when there is none. Throws `RetryableError` when the store cannot be reached. */
export type ReadObject = (objectKey: string) => Promise<Uint8Array | undefined>

/** Pages one job may hold parsed at a time: about 250 tasks each, some megabytes. */
const HELD_PAGES = 64

/** Reads pages once per job, however many tasks lie on them. */
export class PageReader {
  readonly #readObject: ReadObject
  readonly #held = new Map<number, Promise<ReadPage>>()

  constructor(readObject: ReadObject) {
    this.#readObject = readObject
  }

  /** Throws `FatalError('raw_page_missing')` if the object is gone or is not what was listed. */
  read(page: RawPage): Promise<ReadPage> {
    const held = this.#held.get(page.rawPageId) ?? this.#load(page)
    this.#held.delete(page.rawPageId)
    this.#held.set(page.rawPageId, held)
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= HELD_PAGES) break
      this.#held.delete(oldest)
    }
    return held
  }

  async #load(page: RawPage): Promise<ReadPage> {
    const bytes = await this.#readObject(page.objectKey)
    if (bytes === undefined || bytes.length !== page.byteSize || !isSame(bytes, page.sha256)) {
      throw new FatalError('raw_page_missing', { detail: `raw page ${page.rawPageId}` })
    }
    const text = await unzip(bytes)
    return {
      rawPageId: page.rawPageId,
      recordKind: page.recordKind,
      body: JSON.parse(text.toString('utf8')) as unknown,
    }
  }
}

function isSame(bytes: Uint8Array, sha256: Uint8Array): boolean {
  return createHash('sha256').update(bytes).digest().equals(sha256)
}
