import type { Json, RecordOf } from '../world.ts'

/** True for items that a filter keeps. */
export type ItemTest = (item: RecordOf) => boolean

/** A filter the vendor would answer 400 to. */
export class FilterError extends Error {}

/** The only fields that cannot be filtered (vendor's OpenAPI, read 2026-11). */
const UNFILTERABLE = new Set(['organizationId', 'createdTime', 'lastUpdatedTime'])

/**
 * Filters of the configuration API (webex-cc-api §6.1): RSQL with `==`, `!=`, `=in=`, `=out=`; `;` is and, `,` is or, and binds tighter; parentheses;
 * values in single or double quotes, or bare without blanks. Values compare as text; a list matches when one of its members does.
 * @throws FilterError naming the place
 */
export function parseFilter(text: string): ItemTest {
  const reader = createReader(text)
  const test = readOr(reader)
  if (!reader.isAtEnd()) reader.fail('and what follows it')
  return test
}

interface Reader {
  take(pattern: RegExp): string | undefined
  isAtEnd(): boolean
  fail(what: string): never
}

function createReader(text: string): Reader {
  let at = 0
  return {
    take(pattern) {
      const sticky = new RegExp(pattern.source, 'y')
      sticky.lastIndex = at
      const found = sticky.exec(text)
      if (found === null) return undefined
      at = sticky.lastIndex
      return found[0]
    },
    isAtEnd: () => at >= text.length,
    fail(what) {
      throw new FilterError(`The filter cannot be read at character ${at + 1}: ${what}.`)
    },
  }
}

function readOr(reader: Reader): ItemTest {
  const tests = [readAnd(reader)]
  while (reader.take(/,/) !== undefined) tests.push(readAnd(reader))
  return (item) => tests.some((test) => test(item))
}

function readAnd(reader: Reader): ItemTest {
  const tests = [readTerm(reader)]
  while (reader.take(/;/) !== undefined) tests.push(readTerm(reader))
  return (item) => tests.every((test) => test(item))
}

function readTerm(reader: Reader): ItemTest {
  if (reader.take(/\(/) !== undefined) {
    const inside = readOr(reader)
    if (reader.take(/\)/) === undefined) reader.fail('a closing parenthesis is missing')
    return inside
  }
  const field = reader.take(/[A-Za-z][\w.]*/)
  if (field === undefined) reader.fail('a field is missing')
  if (UNFILTERABLE.has(field)) reader.fail(`${field} cannot be filtered`)
  const operator = reader.take(/==|!=|=[a-z]+=/)
  switch (operator) {
    case '==':
      return equalsOne(field, [readValue(reader)])
    case '!=':
      return not(equalsOne(field, [readValue(reader)]))
    case '=in=':
      return equalsOne(field, readList(reader))
    case '=out=':
      return not(equalsOne(field, readList(reader)))
    case undefined:
      return reader.fail('an operator is missing')
    default:
      return reader.fail(`no such operator: ${operator}`)
  }
}

function readList(reader: Reader): readonly string[] {
  if (reader.take(/\(/) === undefined) reader.fail('a list in parentheses is missing')
  const values = [readValue(reader)]
  while (reader.take(/,/) !== undefined) values.push(readValue(reader))
  if (reader.take(/\)/) === undefined) reader.fail('a closing parenthesis is missing')
  return values
}

function readValue(reader: Reader): string {
  const quoted = reader.take(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/)
  if (quoted !== undefined) return quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1')
  return reader.take(/[^\s"'();,=!~<>]+/) ?? reader.fail('a value is missing')
}

const not =
  (test: ItemTest): ItemTest =>
  (item) =>
    !test(item)

function equalsOne(field: string, values: readonly string[]): ItemTest {
  const wanted = new Set(values)
  return (item) => textsOf(item[field]).some((text) => wanted.has(text))
}

function textsOf(value: Json | undefined): readonly string[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.flatMap(textsOf)
  return [typeof value === 'string' ? value : JSON.stringify(value)]
}
