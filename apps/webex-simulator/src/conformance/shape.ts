/**
 * The structure of an answer and how two of them differ. Rows of a list are taken together, since one row may lack what the next one has; whatever
 * is null or an empty list on one side fits anything on the other.
 */

type ScalarKind = 'String' | 'Int' | 'Float' | 'Boolean'

/** A JSON text with its numbers told apart: `24` and `24.0` are different things in an answer. */
export class NumberText {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
  get kind(): ScalarKind {
    return /[.eE]/.test(this.source) ? 'Float' : 'Int'
  }
}

export function parseAnswer(text: string): unknown {
  const keep = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? new NumberText(context?.source ?? String(value)) : value
  return JSON.parse(text, keep)
}

export interface Shape {
  readonly scalars: ReadonlySet<ScalarKind>
  readonly members: ReadonlyMap<string, Shape> | undefined
  readonly items: Shape | undefined
  /** Forms of the cursors, when this is one. */
  readonly cursors: ReadonlySet<string>
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText)
}

/** Page number, moment, or the names of a group's keys; anything else is an id. */
function cursorForm(text: string): string {
  if (/^\d{1,6}$/.test(text)) return 'page number'
  if (/^\d{13}$/.test(text)) return 'epoch ms'
  if (!text.includes('=')) return 'id'
  return text
    .split('::')
    .map((part) => part.slice(0, part.indexOf('=')))
    .join('::')
}

/** The shape of several values in the same place. */
export function shapeOf(values: readonly unknown[], key = ''): Shape {
  const scalars = new Set<ScalarKind>()
  const cursors = new Set<string>()
  const objects = values.filter(isObject)
  const lists = values.filter((value) => Array.isArray(value))
  for (const value of values) {
    if (value instanceof NumberText) scalars.add(value.kind)
    else if (typeof value === 'string') scalars.add('String')
    else if (typeof value === 'boolean') scalars.add('Boolean')
    if (key === 'endCursor' && typeof value === 'string') cursors.add(cursorForm(value))
  }
  const keys = new Set(objects.flatMap((object) => Object.keys(object)))
  return {
    scalars,
    cursors,
    members:
      objects.length === 0
        ? undefined
        : new Map(
            [...keys].map((name) => [
              name,
              shapeOf(
                objects.map((object) => object[name]),
                name,
              ),
            ]),
          ),
    items: lists.length === 0 ? undefined : shapeOf(lists.flat()),
  }
}

function isNothing({ scalars, members, items }: Shape): boolean {
  return scalars.size === 0 && members === undefined && items === undefined
}

/** Differences, each with its path; empty when the shapes agree. `free` are keys whose inside is free JSON. */
export function compareShapes(ours: Shape, published: Shape, free: ReadonlySet<string>, path = ''): readonly string[] {
  if (isNothing(ours) || isNothing(published)) return []
  const here = path === '' ? 'answer' : path
  const kinds = [kindOf(ours), kindOf(published)]
  if (kinds[0] !== kinds[1]) return [`${here}: ${kinds[0]}, published ${kinds[1]}`]
  const cursors = [...ours.cursors].filter((form) => published.cursors.size > 0 && !published.cursors.has(form))
  const differences = cursors.map(
    (form) => `${here}: a cursor of the form ${form}, published ${[...published.cursors].join(', ')}`,
  )
  if (ours.items !== undefined && published.items !== undefined) {
    differences.push(...compareShapes(ours.items, published.items, free, `${path}[]`))
  }
  for (const name of new Set([...(ours.members?.keys() ?? []), ...(published.members?.keys() ?? [])])) {
    const [mine, theirs] = [ours.members?.get(name), published.members?.get(name)]
    const below = path === '' ? name : `${path}.${name}`
    if (mine === undefined) differences.push(`${below}: only in the published answer`)
    else if (theirs === undefined) differences.push(`${below}: not in the published answer`)
    else if (!free.has(name)) differences.push(...compareShapes(mine, theirs, free, below))
  }
  return differences
}

function kindOf({ scalars, members, items }: Shape): string {
  if (items !== undefined) return 'list'
  if (members !== undefined) return 'object'
  return [...scalars].toSorted().join('|')
}
