/** One sample asked and judged: was it taken as the service would take it, and does its answer look like the published one? */
import { ROOTS } from '../search/field-table.ts'
import { askedKeys } from './query-facts.ts'
import type { QueryFacts } from './query-facts.ts'
import { rowOrder } from './row-order.ts'
import type { Sample } from './samples.ts'
import { compareShapes, NumberText, parseAnswer, shapeOf } from './shape.ts'
import type { Shape } from './shape.ts'
import { withoutFilters } from './without-filters.ts'

export interface Verdict {
  readonly name: string
  readonly verdict: 'accepted' | 'rejected as expected' | 'failed'
  /** HTTP status of the answer to the query as published. */
  readonly status: number
  readonly shape: 'equal' | 'differs' | 'no published answer' | 'of another version' | 'no rows to compare'
  /** Why it was to be rejected, what differs, or why the published answer does not count. */
  readonly reason: string
}

export interface Reply {
  readonly status: number
  readonly text: string
}

export type Ask = (query: string, variables: Sample['variables']) => Promise<Reply>

/** JSON columns: what is inside differs from organization to organization. */
const FREE_KEYS: ReadonlySet<string> = new Set(
  Object.values(ROOTS).flatMap((root) =>
    [...root.fields.values()].filter(({ type }) => type === 'JSON').map(({ keys }) => keys.at(-1) ?? ''),
  ),
)

function isAnswered({ status, text }: Reply): boolean {
  if (status !== 200) return false
  const body: unknown = JSON.parse(text)
  return isObject(body) && body['errors'] === undefined && body['data'] !== undefined
}

/** Why the reply is no answer, in a line. */
function refusalOf({ status, text }: Reply): string {
  return `HTTP ${status} ${text.slice(0, 300)}`
}

export async function judge(
  sample: Sample,
  facts: QueryFacts,
  otherVersions: ReadonlyMap<string, string>,
  ask: Ask,
): Promise<Verdict> {
  const { name, answer } = sample
  const reply = await ask(sample.query, sample.variables)
  const isTaken = isAnswered(reply)
  const published = answer === undefined ? undefined : parseAnswer(answer)
  const wasAnswered = hasData(published)
  // The published answer outweighs every rule: the service did take that query.
  const expected = wasAnswered ? undefined : facts.rejection
  const base = { name, status: reply.status }
  if (expected !== undefined) {
    return isTaken
      ? { ...base, verdict: 'failed', shape: 'no published answer', reason: `accepted, although: ${expected}` }
      : { ...base, verdict: 'rejected as expected', shape: 'no published answer', reason: expected }
  }
  if (!isTaken) return { ...base, verdict: 'failed', shape: 'no published answer', reason: refusalOf(reply) }
  if (!wasAnswered || facts.document === undefined) {
    return { ...base, verdict: 'accepted', shape: 'no published answer', reason: '' }
  }
  const listed = otherVersions.get(name)
  const foreign = listed ?? foreignKeys(facts, published)
  if (foreign !== undefined) return { ...base, verdict: 'accepted', shape: 'of another version', reason: foreign }
  const compared = await compareWith(sample, facts, published, reply, ask)
  return { ...base, verdict: compared.shape === 'differs' ? 'failed' : 'accepted', ...compared }
}

function hasData(published: unknown): boolean {
  if (!isObject(published)) return false
  const { data, errors } = published
  return errors === undefined && isObject(data) && Object.values(data).some((value) => value !== null)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText)
}

/** Keys of a published answer that its query never asked for (or the other way round): it answers another version of that query. */
function foreignKeys({ document }: QueryFacts, published: unknown): string | undefined {
  if (document === undefined || !isObject(published)) return undefined
  const asked = askedKeys(document)
  const shown = pathsOf(shapeOf([published['data']]), '')
  const foreign = [...shown].filter(
    (path) => !asked.has(path) && ![...asked].some((one) => isFree(one) && path.startsWith(`${one}.`)),
  )
  return foreign.length === 0
    ? undefined
    : `the published answer has what the query does not ask: ${foreign.slice(0, 3).join(', ')}`
}

function isFree(path: string): boolean {
  return FREE_KEYS.has(path.split('.').at(-1) ?? '')
}

function pathsOf(shape: Shape, path: string): ReadonlySet<string> {
  const paths = new Set<string>(path === '' ? [] : [path])
  if (shape.items !== undefined) for (const below of pathsOf(shape.items, path)) paths.add(below)
  for (const [name, member] of shape.members ?? []) {
    for (const below of pathsOf(member, path === '' ? name : `${path}.${name}`)) paths.add(below)
  }
  return paths
}

/** Ids in filters belong to another organization: when they leave nothing here, the same query without them shows the shape. */
async function compareWith(
  sample: Sample,
  facts: QueryFacts,
  published: unknown,
  reply: Reply,
  ask: Ask,
): Promise<Pick<Verdict, 'shape' | 'reason'>> {
  const theirs = rowsOf(published)
  let ours: unknown = parseAnswer(reply.text)
  if (rowsOf(ours).length === 0 && theirs.length > 0 && facts.document !== undefined) {
    const again = await ask(withoutFilters(facts.document), sample.variables)
    if (!isAnswered(again)) return { shape: 'differs', reason: `without filters: ${refusalOf(again)}` }
    ours = parseAnswer(again.text)
  }
  if (rowsOf(ours).length === 0 || theirs.length === 0) return { shape: 'no rows to compare', reason: '' }
  const differences = [
    ...compareShapes(shapeOf([ours]), shapeOf([published]), FREE_KEYS),
    ...orderDifference(ours, published),
  ]
  return differences.length === 0
    ? { shape: 'equal', reason: '' }
    : { shape: 'differs', reason: differences.slice(0, 5).join('; ') }
}

/** Rows of the first root. */
function rowsOf(body: unknown): readonly unknown[] {
  if (!isObject(body) || !isObject(body['data'])) return []
  const [root] = Object.values(body['data'])
  if (!isObject(root)) return []
  const list = Object.values(root).find((value) => Array.isArray(value))
  return Array.isArray(list) ? list : []
}

function orderDifference(ours: unknown, published: unknown): readonly string[] {
  const [mine, theirs] = [rowOrder(rowsOf(ours)), rowOrder(rowsOf(published))]
  if (mine === undefined || theirs === undefined || mine.by !== theirs.by || theirs.direction === 'neither') return []
  return mine.direction === theirs.direction
    ? []
    : [`rows ${mine.direction} by ${mine.by}, published ${theirs.direction}`]
}
