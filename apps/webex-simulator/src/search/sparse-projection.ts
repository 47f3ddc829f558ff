/** Rows as JSON text without the members that have no value: a page of thin records is then a sixteenth of what its nulls would make it. */
import { isRecord } from '../json.ts'
import type { Json, RecordOf } from '../world.ts'
import type { Root } from './field-table.ts'
import { innerPage } from './inner-page.ts'
import type { InnerPage } from './inner-page.ts'
import { pagingOf } from './projection.ts'
import type { ProjectionOptions, Projector } from './projection.ts'
import type { SelectedField } from './selection.ts'

type Pick = (of: RecordOf) => RecordOf

/** Like `compileProjection`, for `absentMembers: 'left-out'`. Global variables are among what is never there. */
export function compileSparseProjection(
  root: Root,
  fields: readonly SelectedField[],
  options: ProjectionOptions,
): Projector {
  const pick = pickOf(root, fields, options, '')
  return (row) => JSON.stringify(pick(row as RecordOf))
}

function pickOf(root: Root, fields: readonly SelectedField[], options: ProjectionOptions, path: string): Pick {
  const members = fields.map((field) => {
    const below = path === '' ? field.name : `${path}.${field.name}`
    const inner = field.fields.length === 0 ? undefined : pickOf(root, field.fields, options, below)
    const paging = below === root.activityList ? pagingOf(root, field, options) : undefined
    const valueOf = (value: Json): Json => {
      if (inner === undefined) return value
      if (Array.isArray(value)) return value.map((one) => inner(one as RecordOf))
      if (!isRecord(value)) return null
      return inner(paging === undefined ? value : asRecord(innerPage(value['nodes'] as readonly RecordOf[], paging)))
    }
    return { name: field.name, key: field.key, valueOf }
  })
  return (of) => {
    const picked: { [key: string]: Json } = {}
    for (const { name, key, valueOf } of members) {
      const value = of[name]
      if (value !== undefined && value !== null) picked[key] = valueOf(value)
    }
    return picked
  }
}

const asRecord = ({ totalCount, nodes, pageInfo }: InnerPage): RecordOf => ({ totalCount, nodes, pageInfo })
