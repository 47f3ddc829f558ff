/**
 * Rows as JSON text. A selection is compiled once into a list of steps, and each step writes one member of a row straight from the record: no
 * resolver, no copy of the row, no second walk to print it.
 */
import { getNamedType, getNullableType, isListType, isObjectType } from 'graphql'
import { isRecord } from '../json.ts'
import type { Json, RecordOf } from '../world.ts'
import type { Root } from './field-table.ts'
import { globalVariablesOf, isGlobalVariableKind } from './global-variables.ts'
import type { GlobalVariableKind } from './global-variables.ts'
import { isGrouped, GROUPED, variableId } from './grouped-row.ts'
import { innerPage } from './inner-page.ts'
import type { InnerPageOptions } from './inner-page.ts'
import { needsCare, scalarText } from './json-text.ts'
import type { ScalarKind } from './json-text.ts'
import type { SelectedField } from './selection.ts'

export interface ProjectionOptions {
  readonly innerTies: 'whole' | 'skip'
  readonly emptyObjects: 'members-null' | 'null'
  /** What becomes of members of a record that have no value. */
  readonly absentMembers: 'null' | 'left-out'
}

/** Writes one row (or any other object of the answer) as JSON. */
export type Projector = (row: Readonly<Record<string, unknown>>) => string

type Kind = ScalarKind | 'constant' | 'object' | 'list' | 'activities' | 'variable'

/** What stands before a value, `{"alias":` or `,"alias":`; joined here with what may follow, for every piece of a row costs. */
interface Lead {
  readonly plain: string
  /** With the quotation mark of a text. */
  readonly text: string
  /** With a value that is absent. */
  readonly absent: string
}

interface Step {
  readonly lead: Lead
  /** The same behind a text, whose closing quotation mark it brings. */
  readonly leadAfterText: Lead
  readonly kind: Kind
  readonly name: string
  /** Whether it is an object or a list of them; a selection may leave it without a single member. */
  readonly hasMembers: boolean
  readonly inner: readonly Step[]
  readonly ofConstant: string
  readonly paging: InnerPageOptions | undefined
  readonly variable: { readonly kind: GlobalVariableKind; readonly name: string } | undefined
  readonly emptyIsNull: boolean
}

const HAVE_MEMBERS: ReadonlySet<Kind> = new Set<Kind>(['object', 'list', 'activities', 'variable'])

const LEAF_KINDS: Readonly<Record<string, Kind>> = {
  String: 'string',
  ID: 'string',
  Int: 'int',
  Float: 'float',
  Boolean: 'boolean',
}

/** Compiles the members of one object type; `path` is where it stands below the row ('' for the row itself). */
export function compileProjection(
  root: Root,
  fields: readonly SelectedField[],
  options: ProjectionOptions,
  path = '',
): Projector {
  const steps = stepsOf(root, fields, options, path)
  const out: Pieces = { list: [], used: 0 }
  return (row) => {
    // A row that could not be finished may have left something.
    out.used = 0
    writeObject(steps, row as RecordOf, out)
    return join(out)
  }
}

const leadOf = (plain: string): Lead => ({ plain, text: `${plain}"`, absent: `${plain}null` })

function stepsOf(
  root: Root,
  fields: readonly SelectedField[],
  options: ProjectionOptions,
  path: string,
): readonly Step[] {
  return fields.map((field, position): Step => {
    const { key, name, args, parent } = field
    const below = path === '' ? name : `${path}.${name}`
    const kind = kindOf(root, field, below)
    const lead = `${position === 0 ? '{' : ','}"${key}":`
    return {
      lead: leadOf(lead),
      leadAfterText: leadOf(`"${lead}`),
      kind,
      name,
      hasMembers: HAVE_MEMBERS.has(kind),
      inner: stepsOf(root, field.fields, options, below),
      ofConstant: kind === 'constant' ? `"${parent}"` : '',
      paging: kind === 'activities' ? pagingOf(root, field, options) : undefined,
      variable:
        kind === 'variable' && isGlobalVariableKind(name) ? { kind: name, name: String(args['name']) } : undefined,
      emptyIsNull: options.emptyObjects === 'null',
    }
  })
}

function kindOf(root: Root, { name, type }: SelectedField, path: string): Kind {
  if (name === '__typename') return 'constant'
  const named = getNamedType(type)
  const isList = isListType(getNullableType(type))
  if (!isObjectType(named)) return isList ? 'json' : (LEAF_KINDS[named.name] ?? 'json')
  if (isList) return 'list'
  if (path === root.activityList) return 'activities'
  return isGlobalVariableKind(name) ? 'variable' : 'object'
}

/** How the activities of this selection are paged and ordered: by time unless one of their fields carries `sort`. */
export function pagingOf(root: Root, { args, fields }: SelectedField, options: ProjectionOptions): InnerPageOptions {
  const sorted = fields
    .filter(({ name }) => name === 'nodes')
    .flatMap((nodes) => nodes.fields)
    .find((node) => node.args['sort'] !== undefined && node.args['sort'] !== null)
  return {
    first: args['first'] as number | null | undefined,
    after: args['after'] as string | null | undefined,
    time: root.activityTime,
    oldestFirst: sorted?.name === root.activityTime && sorted.args['sort'] === 'asc',
    sortBy: sorted !== undefined && sorted.name !== root.activityTime ? sorted.name : undefined,
    sortDescending: sorted?.args['sort'] === 'desc',
    ties: options.innerTies,
  }
}

/** Pieces of the row being written, joined when it is complete; the list is used again for the next. A chain of `+` would leave garbage behind. */
interface Pieces {
  readonly list: string[]
  used: number
}

function join({ list, used }: Pieces): string {
  if (list.length > used) list.length = used
  return list.join('')
}

function writeObject(steps: readonly Step[], element: RecordOf, out: Pieces): void {
  const { list } = out
  if (steps.length === 0) list[out.used++] = '{'
  let isTextOpen = false
  for (const step of steps) {
    const value = element[step.name]
    const lead = isTextOpen ? step.leadAfterText : step.lead
    isTextOpen = false
    if (step.hasMembers) {
      list[out.used++] = lead.plain
      writeInner(step, element, value, out)
    } else if (step.kind === 'constant') {
      list[out.used++] = lead.plain
      list[out.used++] = step.ofConstant
    } else if (value === null || value === undefined) {
      list[out.used++] = lead.absent
    } else if (step.kind === 'string' && typeof value === 'string' && !needsCare(value)) {
      list[out.used++] = lead.text
      list[out.used++] = value
      isTextOpen = true
    } else {
      list[out.used++] = lead.plain
      list[out.used++] = scalarText(step.kind, value)
    }
  }
  list[out.used++] = isTextOpen ? '"}' : '}'
}

const NOTHING: RecordOf = {}

function writeInner(step: Step, element: RecordOf, value: Json | undefined, out: Pieces): void {
  switch (step.kind) {
    case 'list':
      return writeList(step, value, out)
    case 'activities':
      return writeActivities(step, element, value, out)
    case 'variable':
      return writeObject(step.inner, variableOf(step, element), out)
    default:
      return writeNested(step, value, out)
  }
}

function writeList(step: Step, value: Json | undefined, out: Pieces): void {
  if (!Array.isArray(value)) {
    out.list[out.used++] = 'null'
    return
  }
  out.list[out.used++] = '['
  for (let at = 0; at < value.length; at++) {
    if (at > 0) out.list[out.used++] = ','
    writeObject(step.inner, value[at] as RecordOf, out)
  }
  out.list[out.used++] = ']'
}

function writeNested(step: Step, value: Json | undefined, out: Pieces): void {
  if (step.emptyIsNull && !(isRecord(value) && !isEmpty(value))) out.list[out.used++] = 'null'
  else writeObject(step.inner, isRecord(value) ? value : NOTHING, out)
}

/** Nothing is known of it: every member is absent, or a duration of nothing. */
function isEmpty(value: RecordOf): boolean {
  return Object.values(value).every(
    (member) => member === null || member === 0 || (isRecord(member) && isEmpty(member)),
  )
}

function writeActivities(step: Step, element: RecordOf, value: Json | undefined, out: Pieces): void {
  if (isGrouped(element)) {
    if (isRecord(value)) writeObject(step.inner, value, out)
    else out.list[out.used++] = 'null'
    return
  }
  const nodes = isRecord(value) ? value['nodes'] : undefined
  const page = innerPage(Array.isArray(nodes) ? (nodes as readonly RecordOf[]) : [], step.paging!)
  writeObject(step.inner, page as unknown as RecordOf, out)
}

/** A variable the record never carried is `{ name: null, value: null }`, as in public answers. */
function variableOf(step: Step, element: RecordOf): RecordOf {
  const { kind, name } = step.variable!
  if (isGrouped(element)) return { name, value: element[GROUPED].variables.get(variableId(kind, name)) ?? null }
  const found = globalVariablesOf(element, kind).find((variable) => variable.name === name)
  return found === undefined ? NOTHING : { name, value: found.value }
}
