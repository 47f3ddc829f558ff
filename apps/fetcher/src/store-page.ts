import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Clock } from '@wxcc/contracts/clock'
import type { RecordKind } from '@wxcc/contracts/ledger'
import type { Database } from '@wxcc/db/connect'
import type { Claim } from '@wxcc/db/fetch-claim'
import { recordPage } from '@wxcc/db/raw-page'
import { rawPageKey } from '@wxcc/storage/keys'
import type { ObjectStore } from '@wxcc/storage/object-store'
import { countRecords } from '@wxcc/telemetry/metrics'
import { ATTRIBUTES, SPANS } from '@wxcc/telemetry/names'
import { inSpan } from '@wxcc/telemetry/trace'
import type { SpanCursor } from './span-cursor.ts'
import type { WalkedPage } from './span-plan.ts'

const compress = promisify(gzip)

/** Puts the answer, as it came, into the store and lists it in the ledger together with the cursor. Throws `FencedOff` when overtaken. */
export async function storePage(
  to: { readonly db: Database; readonly objects: ObjectStore; readonly now: Clock },
  stored: {
    readonly claim: Claim
    readonly sourceKey: string
    readonly recordKind: RecordKind
    readonly pageNo: number
    readonly page: WalkedPage
    readonly goesOnAt: SpanCursor
  },
): Promise<void> {
  const { claim, recordKind, pageNo, page } = stored
  await inSpan(
    SPANS.pageStore,
    { [ATTRIBUTES.recordKind]: recordKind, [ATTRIBUTES.fetchId]: claim.fetchId },
    async () => {
      // Level 1: pages are read once or twice, and the worker's time is worth more than a tenth of the space.
      const bytes = await compress(page.body, { level: 1 })
      const sha256 = createHash('sha256').update(bytes).digest()
      const objectKey = rawPageKey({
        sourceKey: stored.sourceKey,
        stream: claim.stream!,
        fromMs: claim.fromMs!,
        fetchId: claim.fetchId,
        generation: claim.generation,
        recordKind,
        pageNo,
      })
      await to.objects.put(objectKey, bytes, { contentType: 'application/gzip', sha256 })
      await recordPage(to.db, {
        claim,
        recordKind,
        pageNo,
        objectKey,
        byteSize: bytes.length,
        sha256,
        recordCount: page.recordCount,
        trackingId: page.trackingId,
        cursor: stored.goesOnAt,
        nowMs: await to.now(),
      })
    },
  )
  countRecords(recordKind, page.recordCount)
}
