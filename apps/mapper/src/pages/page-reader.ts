import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { FatalError } from '@wxcc/contracts/failures'
import type { RawPage } from '@wxcc/db/raw-page'
import { countStage } from '@wxcc/telemetry/metrics'

const unzip = promisify(gunzip)

/** A stored page, checked against the ledger and parsed. */
export interface ReadPage extends Pick<RawPage, 'rawPageId' | 'recordKind'> {
  readonly body: unknown
}

/** Gives the stored bytes of an object; undefined when there is none. Throws `RetryableError` when the store cannot be reached. */
export type ReadObject = (objectKey: string) => Promise<Uint8Array | undefined>

/** Pages a reader may hold parsed at a time: about 250 tasks each, up to tens of megabytes. */
const HELD_PAGES = 4

/** Reads stored pages. `read` remembers the last few, for tasks of one page asked for one after the other. */
export class PageReader {
  readonly #readObject: ReadObject
  readonly #relist: (rawPageId: number) => Promise<RawPage | undefined>
  readonly #held = new Map<number, Promise<ReadPage>>()

  /** `relist` gives a page as the ledger lists it now. @default nothing is listed anew */
  constructor(
    readObject: ReadObject,
    relist: (rawPageId: number) => Promise<RawPage | undefined> = async () => undefined,
  ) {
    this.#readObject = readObject
    this.#relist = relist
  }

  /** Throws `FatalError('raw_page_missing')` if the object is gone or is not what was listed. */
  read(page: RawPage): Promise<ReadPage> {
    const held = this.#held.get(page.rawPageId) ?? this.unpack(page).then((text) => parsePage(page, text))
    this.#held.delete(page.rawPageId)
    this.#held.set(page.rawPageId, held)
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= HELD_PAGES) break
      this.#held.delete(oldest)
    }
    return held
  }

  /** The page's text, checked; `parsePage` makes something of it. Throws as `read` does. */
  async unpack(page: RawPage): Promise<Buffer> {
    const begunMs = performance.now()
    const bytes = await this.#bytesOf(page)
    // One piece of the size that the stream itself tells (RFC 1952 ISIZE), instead of hundreds of small ones.
    const text = await unzip(bytes, { chunkSize: Math.max(64, Buffer.from(bytes).readUInt32LE(bytes.length - 4) + 1) })
    countStage('read', performance.now() - begunMs)
    return text
  }

  /** A page that was rewritten since it was listed (an erasure) lies elsewhere now. */
  async #bytesOf(listed: RawPage): Promise<Uint8Array> {
    for (let page: RawPage | undefined = listed; page !== undefined;) {
      const bytes = await this.#readObject(page.objectKey)
      if (bytes !== undefined && bytes.length === page.byteSize && isSame(bytes, page.sha256)) return bytes
      const now: RawPage | undefined = await this.#relist(page.rawPageId)
      page = now?.objectKey === page.objectKey ? undefined : now
    }
    throw new FatalError('raw_page_missing', { detail: `raw page ${listed.rawPageId}` })
  }
}

export function parsePage(page: RawPage, text: Buffer): ReadPage {
  const begunMs = performance.now()
  const body = JSON.parse(text.toString('utf8')) as unknown
  countStage('parse', performance.now() - begunMs)
  return { rawPageId: page.rawPageId, recordKind: page.recordKind, body }
}

function isSame(bytes: Uint8Array, sha256: Uint8Array): boolean {
  return createHash('sha256').update(bytes).digest().equals(sha256)
}
