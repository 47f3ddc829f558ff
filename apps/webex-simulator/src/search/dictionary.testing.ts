/** The vendor's dictionaries as the repository's neighbour keeps them; where there are none, our own table stands in and says so. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ROOTS } from './field-table.ts'
import type { RootName } from './field-table.ts'

export interface DictionaryField {
  readonly root: RootName
  readonly path: string
  readonly type: string
  readonly aggregate: boolean
  readonly groupBy: boolean
  /** Argument that may filter by it. */
  readonly filter: 'filter' | 'extFilter' | undefined
  readonly sort: boolean
}

const flag = z.string()
const schema = z.record(
  z.string(),
  z.object({
    query: z.enum(['taskDetails', 'agentSession', 'taskLegDetails']),
    fields: z.array(
      z.object({ field: z.string(), type: z.string(), aggregate: flag, groupBy: flag, filter: flag, sort: flag }),
    ),
  }),
)

function pathOfDictionary(): string | undefined {
  const { WEBEX_DICTIONARY, WEBEX_FIXTURES } = process.env
  if (WEBEX_DICTIONARY !== undefined) return WEBEX_DICTIONARY
  if (WEBEX_FIXTURES === undefined) return undefined
  const path = join(WEBEX_FIXTURES, '../../reference/search-api-dictionary.json')
  return existsSync(path) ? path : undefined
}

export interface Dictionary {
  readonly source: 'the vendor’s dictionaries' | 'our own table (no dictionary found)'
  readonly fields: readonly DictionaryField[]
}

export function readDictionary(): Dictionary {
  const path = pathOfDictionary()
  if (path === undefined) return { source: 'our own table (no dictionary found)', fields: ownFields() }
  const sections = schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  const fields = Object.values(sections).flatMap(({ query, fields: entries }) =>
    entries.map(({ field, type, aggregate, groupBy, filter, sort }): DictionaryField => ({
      root: query,
      path: field,
      type,
      // "No*": not among activities, though the record it belongs to can.
      aggregate: aggregate === 'Yes' || aggregate === 'No*',
      groupBy: groupBy === 'Yes',
      filter: filter === 'No' ? undefined : filter === 'Yes/extFilter' ? 'extFilter' : 'filter',
      sort: sort === 'Yes',
    })),
  )
  return { source: 'the vendor’s dictionaries', fields }
}

function ownFields(): readonly DictionaryField[] {
  return Object.values(ROOTS).flatMap((root) =>
    [...root.fields.values()].map((field): DictionaryField => ({
      root: root.name,
      path: field.path,
      type: field.type,
      aggregate: field.canAggregate,
      groupBy: field.canGroup,
      filter: field.canFilter ? (field.depth > root.filterDepth ? 'extFilter' : 'filter') : undefined,
      sort: field.canSort,
    })),
  )
}
