import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { contactId as contactIdOf } from '@wxcc/contacts/contact'
import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import { listSources } from '@wxcc/db/data-source'
import { readErased } from '@wxcc/db/erased'
import {
  anonymise,
  type ErasureFigures,
  ErasureRefusal,
  filesInTheirWay,
  findErasure,
  finishErasure,
  pagesOfErased,
} from '@wxcc/db/erasure'
import type { ObjectStore } from '@wxcc/storage/object-store'
import { markerOf } from './marker-of.ts'
import { removeExpired } from './remove-expired.ts'
import { rewritePages } from './rewrite-pages.ts'

export interface ErasureParts {
  readonly db: Database
  readonly objects: ObjectStore
  readonly contactKey: Uint8Array
  readonly now: Clock
}

/** What was done, for whoever asked for it; it tells nobody's address. `sha256` (hex) is of all the rest as written by `receiptHash`. */
export interface Receipt {
  readonly erasure: number
  readonly contactId: string
  readonly replacementContactId: string
  readonly begunAt: string
  readonly finishedAt: string
  readonly figures: ErasureFigures
  readonly sha256: string
}

const LOOK_AGAIN_MS = 1_000
/** Longer than a download goes on without renewing its lease. */
const PATIENCE_MS = 10 * 60_000

/**
 * Erases a contact: the facts go to a replacement that nobody is behind; names, texts, variables, files and whatever raw pages hold of it leave;
 * what the vendor delivers of it later lands as the replacement. May be repeated, also after a crash, and then ends what is left.
 * Throws `ErasureRefusal`, before anything is changed, for whom it must not erase; and where a file is being stored for longer than `PATIENCE_MS`.
 */
export async function eraseContact(parts: ErasureParts, contactId: string): Promise<Receipt> {
  const { db } = parts
  const begunMs = await parts.now()
  const known = await findErasure(db, [contactId])
  const marker = known?.marker ?? `erased:${randomUUID()}`
  const replacementContactId =
    known?.replacementContactId ?? contactIdOf(parts.contactKey, { contact_kind: 'other', normalized_value: marker })
  const rows = await anonymise(db, { contactId, marker, replacementContactId, nowMs: begunMs })
  const { erasureId, begunAt } = (await findErasure(db, [contactId]))!
  await waitForFiles(parts, erasureId)
  const files = await removeExpired(parts)
  const pages = await rewriteTheirPages(parts, erasureId)

  const finishedMs = await parts.now()
  const receipt = {
    erasure: erasureId,
    contactId,
    replacementContactId,
    begunAt: begunAt.toISOString(),
    finishedAt: new Date(finishedMs).toISOString(),
    figures: { ...rows, files, pages },
  }
  const sha256 = receiptHash(receipt)
  await finishErasure(db, { erasureId, receiptSha256: sha256, nowMs: finishedMs })
  return { ...receipt, sha256: sha256.toString('hex') }
}

/** SHA-256 of a receipt's members in this order, without its hash. */
export function receiptHash(receipt: Omit<Receipt, 'sha256'>): Buffer {
  const { erasure, contactId, replacementContactId, begunAt, finishedAt, figures } = receipt
  const { tasks, conversations, engagements, texts, files, pages } = figures
  const ordered = [
    [erasure, contactId, replacementContactId, begunAt, finishedAt],
    [tasks, conversations, engagements, texts, files, pages],
  ]
  return createHash('sha256').update(JSON.stringify(ordered)).digest()
}

async function waitForFiles({ db, now }: ErasureParts, erasureId: number): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    const files = await filesInTheirWay(db, erasureId, await now())
    if (files === 0) return
    if (waitedMs >= PATIENCE_MS) {
      throw new ErasureRefusal(`${files} files of theirs are being stored still; the rest is done: run it again later`)
    }
    await sleep(LOOK_AGAIN_MS)
  }
}

async function rewriteTheirPages(parts: ErasureParts, erasureId: number): Promise<number> {
  const { db, contactKey } = parts
  const erased = await readErased(db)
  const sources = await listSources(db)
  const pages = await pagesOfErased(db, { erasureId, isAll: false })
  let rewritten = 0
  for (const { dataSourceId, defaultCountry } of sources) {
    const ofSource = pages.filter((one) => one.dataSourceId === dataSourceId).map(({ page }) => page)
    const marker = markerOf(erased, { contactKey, defaultCountry })
    rewritten += await rewritePages(parts, { pages: ofSource, markerOf: marker, nowMs: await parts.now() })
  }
  return rewritten
}
