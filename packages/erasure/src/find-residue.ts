import { listSources } from '@wxcc/db/data-source'
import { readErased } from '@wxcc/db/erased'
import { type Erasure, pagesOfErased } from '@wxcc/db/erasure'
import { countRowsHolding, countRowsOf, filesOfErased } from '@wxcc/db/erasure-residue'
import { listErasedObjects } from '@wxcc/db/raw-page'
import { capturePrefixes } from '@wxcc/storage/keys'
import type { ErasureParts } from './erase-contact.ts'
import { markerOf } from './marker-of.ts'
import { isClean, pageText } from './rewrite-pages.ts'

/** Where something of an erased contact is left, and how much of it. */
export interface Residue {
  readonly where: string
  readonly count: number
}

/**
 * Looks for what is left of an erased contact: by its id and its tasks in the database, on raw pages and in the object store, and for these texts
 * (its address in every form that is known) in every table and on those pages. With `isAll` every page of tasks is read, however long that takes.
 */
export async function findResidue(
  parts: ErasureParts,
  given: { readonly erasure: Erasure; readonly texts: readonly string[]; readonly isAll: boolean },
): Promise<Residue[]> {
  const { db, objects } = parts
  const { erasure, texts } = given
  const found: Residue[] = [
    ...(await countRowsOf(db, erasure)),
    ...(await countRowsHolding(db, texts)),
    { where: 'raw pages that hold the person', count: await dirtyPages(parts, given) },
    { where: 'objects of replaced pages', count: (await listErasedObjects(db, 1_000)).length },
  ]
  let files = 0
  for (const file of await filesOfErased(db, erasure.erasureId)) {
    for (const prefix of capturePrefixes(file)) for await (const _ of objects.list(prefix)) files += 1
  }
  return [...found, { where: 'files in the object store', count: files }].filter(({ count }) => count > 0)
}

async function dirtyPages(
  parts: ErasureParts,
  { erasure, texts, isAll }: { readonly erasure: Erasure; readonly texts: readonly string[]; readonly isAll: boolean },
): Promise<number> {
  const { db, objects, contactKey } = parts
  const countryOf = new Map((await listSources(db)).map((source) => [source.dataSourceId, source.defaultCountry]))
  const erased = new Map([...(await readErased(db))].filter(([id]) => id === erasure.contactId))
  let dirty = 0
  for (const { dataSourceId, page } of await pagesOfErased(db, { erasureId: erasure.erasureId, isAll })) {
    const marker = markerOf(erased, { contactKey, defaultCountry: countryOf.get(dataSourceId) ?? null })
    const text = await pageText(objects, page)
    const holds = text !== undefined && texts.some((one) => text.includes(JSON.stringify(one).slice(1, -1)))
    if (holds || !(await isClean(objects, page, marker))) dirty += 1
  }
  return dirty
}
