import type { RecordOf } from '../world.ts'
import { FilterError } from './rsql.ts'
import type { ItemTest } from './rsql.ts'

/** Columns searched when none are named. The vendor lists them per entity; these cover the common ones. */
const COLUMNS = ['name', 'description', 'firstName', 'lastName', 'email', 'number', 'dialledNumber']

const ONE_FIELD = /^field=="([^"]+)";value=="([^"]*)"$/
const SEVERAL_FIELDS = /^fields=in=\(("[^"]+"(?:,"[^"]+")*)\);value=="([^"]*)"$/

/**
 * `search` of the configuration API in its three published forms: `Cisco`, `field=="name";value=="Cisco"` and
 * `fields=in=("name","number");value=="Cisco"` (vendor's OpenAPI, read 2026-11). That it looks for a part of the text without regard to capitals is
 * inferred. @throws FilterError when a form is begun and not ended
 */
export function parseSearch(text: string): ItemTest {
  const one = ONE_FIELD.exec(text)
  if (one !== null) return holds([one[1]!], one[2]!)
  const several = SEVERAL_FIELDS.exec(text)
  if (several !== null)
    return holds(
      several[1]!.split(',').map((quoted) => quoted.slice(1, -1)),
      several[2]!,
    )
  if (/^fields?(==|=in=)/.test(text)) throw new FilterError('The search cannot be read.')
  return holds(COLUMNS, text.replace(/^"(.*)"$/, '$1'))
}

function holds(columns: readonly string[], keyword: string): ItemTest {
  const wanted = keyword.toLowerCase()
  return (item: RecordOf) =>
    columns.some((column) => {
      const value = item[column]
      return typeof value === 'string' && value.toLowerCase().includes(wanted)
    })
}
