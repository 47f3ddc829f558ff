import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { Database } from '@wxcc/db/connect'
import { forgetErasedObject, getPages, listErasedObjects, type RawPage, replacePage } from '@wxcc/db/raw-page'
import { redactedPageKey } from '@wxcc/storage/keys'
import type { ObjectStore } from '@wxcc/storage/object-store'
import type { MarkerOf } from './marker-of.ts'
import { isObject, redactTask } from './redact-task.ts'

const unzip = promisify(gunzip)
const compress = promisify(gzip)

export interface PageParts {
  readonly db: Database
  readonly objects: ObjectStore
}

/**
 * Replaces those of these pages (of task records) that hold an erased customer by pages without them; returns how many. The new object is stored
 * before the ledger lists it, the old one is removed afterwards: whoever reads meanwhile finds one of the two, and a crash leaves at most an
 * object that `removeErasedObjects` removes. A page that the store has not is passed over.
 */
export async function rewritePages(
  parts: PageParts,
  given: { readonly pages: readonly RawPage[]; readonly markerOf: MarkerOf; readonly nowMs: number },
): Promise<number> {
  let rewritten = 0
  for (const page of given.pages) if (await rewritePage(parts, page, given)) rewritten += 1
  await removeErasedObjects(parts)
  return rewritten
}

async function rewritePage(
  parts: PageParts,
  page: RawPage,
  given: { readonly markerOf: MarkerOf; readonly nowMs: number },
): Promise<boolean> {
  const body = await readPage(parts.objects, page)
  const redacted = body === undefined ? undefined : redactPage(body, given.markerOf)
  if (redacted === undefined) return false
  // Level 1, as pages are stored.
  const bytes = await compress(JSON.stringify(redacted), { level: 1 })
  const sha256 = createHash('sha256').update(bytes).digest()
  const objectKey = redactedPageKey(page.objectKey, sha256)
  await parts.objects.put(objectKey, bytes, { contentType: 'application/gzip', sha256 })
  const by = { objectKey, byteSize: bytes.length, sha256, nowMs: given.nowMs }
  if (await replacePage(parts.db, page, by)) return true
  // Somebody else was faster: what is listed now may hold another erased customer still.
  const [now] = await getPages(parts.db, [page.rawPageId])
  return now !== undefined && (await rewritePage(parts, now, given))
}

/** How many records of the page hold an erased customer; 0 for a page that the store has not. */
export async function isClean(objects: ObjectStore, page: RawPage, markerOf: MarkerOf): Promise<boolean> {
  const body = await readPage(objects, page)
  return body === undefined || redactPage(body, markerOf) === undefined
}

/** The page's text; undefined if the store has not got it. */
export async function pageText(objects: ObjectStore, page: RawPage): Promise<string | undefined> {
  const bytes = await objects.get(page.objectKey)
  return bytes === undefined ? undefined : (await unzip(bytes)).toString('utf8')
}

async function readPage(objects: ObjectStore, page: RawPage): Promise<unknown> {
  const text = await pageText(objects, page)
  return text === undefined ? undefined : (JSON.parse(text) as unknown)
}

/** The answer without erased customers; undefined when there are none in it. */
export function redactPage(body: unknown, markerOf: MarkerOf): unknown {
  const data = isObject(body) ? body['data'] : undefined
  const details = isObject(data) ? data['taskDetails'] : undefined
  const tasks = isObject(details) ? details['tasks'] : undefined
  if (!Array.isArray(tasks)) return undefined
  const redacted = tasks.map((task: unknown) => (isObject(task) ? redactTask(task, markerOf) : task))
  if (redacted.every((task, index) => task === tasks[index])) return undefined
  return { data: { ...(data as object), taskDetails: { ...(details as object), tasks: redacted } } }
}

const AT_A_TIME = 100

/** Removes objects of pages that were replaced. */
export async function removeErasedObjects({ db, objects }: PageParts): Promise<void> {
  for (;;) {
    const keys = await listErasedObjects(db, AT_A_TIME)
    for (const key of keys) {
      await objects.remove(key)
      await forgetErasedObject(db, key)
    }
    if (keys.length < AT_A_TIME) return
  }
}
