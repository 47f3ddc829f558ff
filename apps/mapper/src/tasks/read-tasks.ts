import type { RawPage } from '@wxcc/db/raw-page'
import { countStage } from '@wxcc/telemetry/metrics'
import { type PageReader, parsePage } from '../pages/page-reader.ts'
import { type NamelessRecord, TaskAssembler, type TaskCopy } from '../pages/task-assembler.ts'

/** Tasks per transaction: well under a second of work, so that neither locks nor the event loop are held long. */
export const BATCH = 250

/** Unfinished tasks held in memory: two pages of CSRs whose CARs have not come, and some. */
const MAX_DRAFTS = 600

/** What the database knows of a task's other pages in this fetch: it may have landed already when a page shows it once more. */
export type LandedPages = (taskIds: readonly string[]) => Promise<ReadonlyMap<string, readonly number[]>>

/** Some tasks of a span, each once; nameless records come last. */
export interface ReadTasks {
  readonly copies: readonly TaskCopy[]
  readonly nameless: readonly NamelessRecord[]
}

/**
 * The tasks of one fetch, some hundreds at a time, as soon as their CSR and all their CARs were met: memory holds a few pages, however long the
 * span. The vendor orders CSR pages and CAR pages alike, but nothing depends on it; a task whose records lie far apart, or that a page shows again
 * after it was given away, is put together anew at the end.
 */
export async function* readTasks(
  pages: readonly RawPage[],
  reader: PageReader,
  landedPages: LandedPages,
): AsyncGenerator<ReadTasks> {
  const assembler = new TaskAssembler({ maxDrafts: MAX_DRAFTS })
  for await (const page of inStep(pages, reader, assembler)) {
    const begunMs = performance.now()
    assembler.add(page)
    countStage('parse', performance.now() - begunMs)
    if (assembler.wholeCount >= BATCH) yield { copies: assembler.takeWhole(), nameless: [] }
  }
  if (assembler.wholeCount > 0) yield { copies: assembler.takeWhole(), nameless: [] }
  const rest = assembler.takeRest()
  const landed = await landedPages(rest.copies.map((copy) => copy.taskId))
  const again = new Map(rest.forgotten)
  for (const { taskId, csrPageId, carPageIds } of rest.copies) {
    if (landed.has(taskId)) again.set(taskId, new Set([csrPageId, ...carPageIds]))
  }
  yield { copies: rest.copies.filter((copy) => !landed.has(copy.taskId)), nameless: assembler.nameless }
  yield* readAgain(pages, reader, again, landedPages)
}

/** CSR pages and CAR pages side by side, so that a task's two halves are met close together; the next of each is unpacked ahead. */
async function* inStep(pages: readonly RawPage[], reader: PageReader, { met }: TaskAssembler) {
  const [heads, bodies] = [
    aheadOf(pages.filter(isCsr), reader),
    aheadOf(
      pages.filter((page) => !isCsr(page)),
      reader,
    ),
  ]
  for (;;) {
    const next = met.car < met.csr ? ((await bodies()) ?? (await heads())) : ((await heads()) ?? (await bodies()))
    if (next === undefined) return
    yield parsePage(next.page, next.text)
  }
}

function isCsr(page: RawPage): boolean {
  return page.recordKind === 'csr'
}

/** Gives these pages unpacked, one by one, and begins to unpack the next when one is taken. */
function aheadOf(pages: readonly RawPage[], reader: PageReader) {
  let at = 0
  let ahead = unpackNext()
  function unpackNext() {
    const page = pages[at++]
    if (page === undefined) return undefined
    const unpacked = reader.unpack(page).then((text) => ({ page, text }))
    // Whoever takes it hears of its failure; until then nobody does.
    unpacked.catch(() => {})
    return unpacked
  }
  return async () => {
    const taken = await ahead
    ahead = taken === undefined ? undefined : unpackNext()
    return taken
  }
}

async function* readAgain(
  pages: readonly RawPage[],
  reader: PageReader,
  again: ReadonlyMap<string, ReadonlySet<number>>,
  landedPages: LandedPages,
): AsyncGenerator<ReadTasks> {
  const byId = new Map(pages.map((page) => [page.rawPageId, page]))
  // Tasks of the same page together, so that it is read once.
  const ids = [...again.keys()].toSorted((a, b) => Math.min(...again.get(a)!) - Math.min(...again.get(b)!))
  for (let at = 0; at < ids.length; at += BATCH) {
    const some = ids.slice(at, at + BATCH)
    const landed = await landedPages(some)
    const wanted = new Set(some.flatMap((id) => [...again.get(id)!, ...(landed.get(id) ?? [])]))
    const assembler = new TaskAssembler({ only: new Set(some) })
    for (const page of [...wanted].toSorted((a, b) => a - b).flatMap((id) => byId.get(id) ?? [])) {
      assembler.add(await reader.read(page))
    }
    yield { copies: assembler.takeRest().copies, nameless: [] }
  }
}
